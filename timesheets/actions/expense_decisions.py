"""Approve submitted expenses, or send them back. One or a thousand take the same statements."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils import timezone

from core.actors import Actor
from core.errors import Forbidden, Stale
from core.models import User
from core.verbs import verb
from timesheets.actions.approvals import ReasonMissing
from timesheets.actions.expenses import RELATED
from timesheets.actions.steps.expense_chains import corrected, note_corrections
from timesheets.events import (
    ExpenseApproved,
    ExpenseCorrected,
    ExpenseCorrectionRejected,
    ExpenseRejected,
)
from timesheets.intake.expenses.writing import note_expenses
from timesheets.models import Expense
from timesheets.policies import OwnTime, reach
from timesheets.states import EXPENSE, EntryStatus, ExpenseKind

# The expenses decided on by id, with the version the person saw where they looked.
Seen = Mapping[uuid.UUID, int | None]


@dataclass(frozen=True)
class DecidedExpenses:
    """How many expenses were decided on, and their net per currency; corrections count by the change."""

    expenses: int
    net: dict[str, Decimal] = field(default_factory=dict)


@verb
def approve_expenses(seen: Seen, *, actor: Actor, reason: str = "") -> DecidedExpenses:
    """Approve submitted expenses as facts; a correction with both halves, and what it corrects ends.

    Refuses one's own expenses and those one submitted, projects out of reach, and what is no longer what
    the person saw. What was decided before stays as it is. Records expense.approved, or
    expense.corrected, for each.
    """
    waiting = _gathered(seen, actor)
    person = _person(actor)
    Expense.objects.filter(
        pk__in=[one.pk for one in waiting], status__in=EXPENSE.sources(EntryStatus.APPROVED)
    ).update(status=EntryStatus.APPROVED, approved_by=person, approved_at=timezone.now(), rejection_reason="")
    replaced = [one.corrects_id for one in waiting if one.corrects_id and one.kind == ExpenseKind.REVERSAL]
    Expense.objects.filter(pk__in=replaced, status__in=EXPENSE.sources(EntryStatus.CORRECTED)).update(
        status=EntryStatus.CORRECTED
    )
    note_expenses([one for one in waiting if one.kind == ExpenseKind.EXPENSE], ExpenseApproved)
    note_corrections(corrected(waiting), ExpenseCorrected)
    return _decided(waiting)


@verb
def reject_expenses(seen: Seen, *, actor: Actor, reason: str) -> DecidedExpenses:
    """Send submitted expenses back with a reason; a rejected correction leaves the expense as it is.

    Refuses like approve_expenses. Records expense.rejected, or expense.correction_rejected, for each.
    """
    said = reason.strip()[:500]
    if not said:
        raise ReasonMissing("Say what has to change, so that it can be mended.", field="reason")
    waiting = _gathered(seen, actor)
    _person(actor)
    Expense.objects.filter(
        pk__in=[one.pk for one in waiting], status__in=EXPENSE.sources(EntryStatus.REJECTED)
    ).update(status=EntryStatus.REJECTED, rejection_reason=said)
    note_expenses([one for one in waiting if one.kind == ExpenseKind.EXPENSE], ExpenseRejected, reason=said)
    note_corrections(corrected(waiting), ExpenseCorrectionRejected, reason=said)
    return _decided(waiting)


def _gathered(seen: Seen, actor: Actor) -> list[Expense]:
    """Lock the submitted expenses, with the other halves of corrections, and refuse what may not be."""
    asked = Expense.objects.filter(pk__in=seen)
    chains = asked.filter(corrects__isnull=False).values("corrects")
    halves = Expense.objects.filter(corrects__in=chains, status=EntryStatus.SUBMITTED)
    rows = Expense.objects.select_for_update(no_key=True, of=("self",)).select_related(*RELATED)
    ids = {*seen, *halves.values_list("pk", flat=True)}
    found = list(rows.filter(pk__in=ids).order_by("pk"))
    waiting = [one for one in found if one.status == EntryStatus.SUBMITTED]
    for expense in waiting:
        if seen.get(expense.pk) not in (None, expense.version):
            raise Stale("An expense is no longer what you saw: look again.")
    _guard(waiting, actor)
    return waiting


def _guard(waiting: Sequence[Expense], actor: Actor) -> None:
    rights = reach(actor.user, "expense.approve")
    for expense in waiting:
        if not rights.covers(expense.project):
            raise Forbidden(
                f"You do not approve expenses on {expense.project.code}: its manager or the PMO does."
            )
        if actor.user_id is not None and expense.worker.user_id == actor.user_id:
            raise OwnTime("You cannot decide on your own expenses: somebody else has to.")
        if actor.user_id is not None and expense.submitted_by_id == actor.user_id:
            raise OwnTime("You submitted this expense yourself: somebody else has to decide on it.")


def _decided(waiting: Sequence[Expense]) -> DecidedExpenses:
    net: dict[str, Decimal] = {}
    for one in waiting:
        net[one.currency_id] = net.get(one.currency_id, Decimal(0)) + one.net
    return DecidedExpenses(len(waiting), net)


def _person(actor: Actor) -> User:
    if actor.user is None:
        raise Forbidden("Expenses are decided on by a person.")
    return actor.user
