"""Expenses before anybody decides: enter, change, submit, take back, throw away; batches from outside."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.utils import timezone

from core.actors import Actor
from core.attachments import keep_content
from core.errors import Forbidden, NotFound, Refusal, Stale
from core.verbs import verb
from projects.actions.uploads import Upload
from timesheets.events import ExpenseDiscarded, ExpenseRecalled
from timesheets.intake.expenses.checking import Checked, ExpenseTerms, check_expenses, line_of
from timesheets.intake.expenses.lines import ExpenseLine
from timesheets.intake.expenses.writing import note_expenses, write_expenses
from timesheets.intake.results import IntakeResult, Outcome, RowResult
from timesheets.models import Expense
from timesheets.policies import may_touch_expense, reach
from timesheets.states import EXPENSE, EntryStatus, ExpenseKind

RELATED = ("worker", "project__manager", "project__contract", "task", "category", "receipt")


class RefusedExpense(Refusal):
    """An expense was refused; code, field and sentence are those of the common validation."""

    status = 422

    def __init__(self, result: RowResult) -> None:
        super().__init__(result.sentence, field=result.field)
        self.code = result.code


@verb
def enter_expense(
    line: ExpenseLine,
    *,
    actor: Actor,
    on: date,
    receipt: Upload | None = None,
    submit: bool = False,
    expected_version: int | None = None,
    reason: str = "",
) -> Expense:
    """Enter an expense, or change the one of the same source key; as draft, or submitted at once.

    `receipt` is kept with it; without one the former receipt stays. What is submitted and changed stays
    submitted. Refuses what the common validation refuses, a changed approved expense, and a state newer
    than the one the person saw. Records expense.recorded or expense.submitted.
    """
    _may_enter(actor)
    stored = Expense.objects.filter(source_system=line.source_system, source_key=line.source_key).first()
    if stored and expected_version is not None and stored.version != expected_version:
        raise Stale("This expense was changed since you opened it: load it again.")
    kept = keep_content(receipt.content, name=receipt.name, field="receipt") if receipt else None
    terms = ExpenseTerms(actor, on, submit=submit, resubmit=submit)
    (checked,) = check_expenses([replace(line, receipt=kept)], terms)
    return _written([checked], actor, submit=submit)[0]


@verb
def submit_expenses(
    expense_ids: Sequence[uuid.UUID], *, actor: Actor, on: date, reason: str = ""
) -> list[Expense]:
    """Submit drafts and rejected expenses: all of them, or none.

    Each passes the common validation and the firm's limits again. What waits already stays as it is.
    Records expense.submitted for each.
    """
    found = _locked(expense_ids, actor)
    editable = (EntryStatus.DRAFT, EntryStatus.REJECTED)
    waiting = [one for one in found if one.kind == ExpenseKind.EXPENSE and one.status in editable]
    for expense in found:
        if expense not in waiting and expense.status != EntryStatus.SUBMITTED:
            EXPENSE.check(expense.status, EntryStatus.SUBMITTED, label="This expense")
    lines = [line_of(expense, row=row) for row, expense in enumerate(waiting, 1)]
    checked = check_expenses(lines, ExpenseTerms(actor, on, submit=True, resubmit=True))
    return _written(checked, actor, submit=True)


@verb
def recall_expenses(expense_ids: Sequence[uuid.UUID], *, actor: Actor, reason: str = "") -> int:
    """Take submitted expenses back to draft before anybody decides; return how many.

    Corrections are withdrawn instead. Records expense.recalled for each.
    """
    found = _locked(expense_ids, actor)
    submitted = [
        one for one in found if one.status == EntryStatus.SUBMITTED and one.kind == ExpenseKind.EXPENSE
    ]
    Expense.objects.filter(pk__in=[one.pk for one in submitted]).update(
        status=EntryStatus.DRAFT, submitted_by=None, submitted_at=None
    )
    note_expenses(submitted, ExpenseRecalled)
    return len(submitted)


@verb
def discard_expense(expense_id: uuid.UUID, *, actor: Actor, reason: str = "") -> None:
    """Throw a draft or rejected expense away; what was submitted is taken back first.

    Records expense.discarded.
    """
    (expense,) = _locked([expense_id], actor)
    if expense.kind != ExpenseKind.EXPENSE or expense.status not in (EntryStatus.DRAFT, EntryStatus.REJECTED):
        EXPENSE.check(expense.status, "discarded", label="This expense")
    Expense.objects.filter(pk=expense.pk).delete()
    note_expenses([expense], ExpenseDiscarded)


@verb
def record_expenses(
    lines: Sequence[ExpenseLine], *, actor: Actor, on: date, submit: bool = False, reason: str = ""
) -> IntakeResult:
    """Record every good row as draft, or submitted, expense and return a result per row.

    A row is known by its source system and key: the same again is unchanged, other content updates what
    is not approved yet, and is refused after approval. Records one event per expense that was written.
    """
    _may_enter(actor)
    checked = check_expenses(lines, ExpenseTerms(actor, on, submit=submit))
    write_expenses(checked, submit=submit, user=actor.user, now=timezone.now())
    return IntakeResult([one.result() for one in checked])


def _written(checked: Sequence[Checked], actor: Actor, *, submit: bool) -> list[Expense]:
    """Write all rows, or refuse with the first refusal."""
    for one in checked:
        if one.outcome == Outcome.REFUSED:
            raise RefusedExpense(one.result())
    write_expenses(checked, submit=submit, user=actor.user, now=timezone.now())
    ids = [one.expense.pk for one in checked if one.expense]
    rows = {row.pk: row for row in Expense.objects.filter(pk__in=ids).select_related(*RELATED)}
    return [rows[identifier] for identifier in ids]


def _locked(expense_ids: Sequence[uuid.UUID], actor: Actor) -> list[Expense]:
    """Lock expenses in order of their ids; refuse unknown ones and those of others out of reach."""
    rows = Expense.objects.select_for_update(no_key=True, of=("self",)).select_related(*RELATED)
    found = list(rows.filter(pk__in=expense_ids).order_by("pk"))
    if len(found) < len(set(expense_ids)):
        raise NotFound("One of the expenses does not exist any more.")
    for expense in found:
        may_touch_expense(actor, expense)
    return found


def _may_enter(actor: Actor) -> None:
    if not reach(actor.user, "expense.enter").own and not reach(actor.user, "expense.enter_for_others").own:
        raise Forbidden("You may read expenses, but not enter them.")
