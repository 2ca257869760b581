"""Expenses on the home page: what waits for approval, and the own ones that need a hand."""

from core.presentation.formats import counted, day
from core.presentation.parts import Link
from reporting.home.parts import Line, Reader, Section
from reporting.queries.addresses import address
from timesheets.models import Expense
from timesheets.queries.visible import expenses_waiting_for
from timesheets.states import EntryStatus, PolicyResult

MOST = 6


def expenses_to_approve(reader: Reader) -> Section:
    """List the expenses that wait for the person's approval, the questionable and the oldest first."""
    waiting = expenses_waiting_for(reader.user).select_related("worker", "category", "project")
    others = waiting.exclude(worker__user=reader.user)
    # "ok" sorts behind "justify".
    shown = list(others.order_by("policy_result", "submitted_at", "pk")[: MOST + 1])
    lines = tuple(_line(one, f"{one.worker.name} on {one.project.code}") for one in shown[:MOST])
    more = Link("All expenses to approve", address("expense_approvals"))
    return Section("Expenses to approve", lines, "No expense waits for your approval.", more)


def own_expenses(reader: Reader) -> Section:
    """List one's own drafts and what was sent back, and say how many wait for somebody else."""
    mine = Expense.objects.filter(worker__user=reader.user).select_related("worker", "category", "project")
    open_ = mine.filter(status__in=[EntryStatus.DRAFT, EntryStatus.REJECTED, EntryStatus.SUBMITTED])
    rows = list(open_.order_by("-spent_on", "pk"))
    waiting = sum(one.status == EntryStatus.SUBMITTED for one in rows)
    lines = tuple(
        _line(one, one.rejection_reason or one.policy_sentence or one.project.name)
        for one in rows
        if one.status != EntryStatus.SUBMITTED
    )
    empty = f"Waiting for approval: {counted(waiting, 'expense')}." if waiting else "Nothing to hand in."
    return Section("Your expenses", lines[:MOST], empty, Link("All your expenses", address("expenses")))


def _line(expense: Expense, detail: str) -> Line:
    blocked = expense.policy_result == PolicyResult.BLOCKED
    return Line(
        f"{expense.category.name}, {day(expense.spent_on)}",
        address("expense", expense.pk),
        expense.policy_sentence if blocked else detail,
        expense.paid,
        expense.currency_id,
        state=expense.status,
        subject="expense",
    )
