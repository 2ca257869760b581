"""Correct approved expenses: a reversal and, unless the expense never was, a replacement."""

import uuid
from dataclasses import replace
from datetime import date

from django.utils import timezone

from core.actors import Actor
from core.attachments import keep_content
from core.errors import Invalid, NotFound
from core.identifiers import uuid7
from core.verbs import verb
from projects.actions.uploads import Upload
from timesheets.actions.approvals import ReasonMissing
from timesheets.actions.corrections import CorrectionPending, NothingChanges
from timesheets.actions.expenses import RELATED, RefusedExpense
from timesheets.actions.steps.expense_chains import ExpenseCorrection, corrected, note_corrections
from timesheets.events import ExpenseCorrectionSubmitted, ExpenseCorrectionWithdrawn
from timesheets.intake.expenses.checking import FACTS, ExpenseTerms, check_expenses, line_of
from timesheets.intake.expenses.lines import OWN_SYSTEM, ExpenseLine
from timesheets.intake.expenses.writing import new_key
from timesheets.intake.results import Outcome
from timesheets.models import Expense
from timesheets.policies import may_touch_expense
from timesheets.states import EXPENSE, EntryStatus, ExpenseKind, PolicyResult

_NEGATED = ("net", "tax", "quantity")


@verb
def correct_expense(
    expense_id: uuid.UUID,
    *,
    actor: Actor,
    on: date,
    reason: str,
    line: ExpenseLine | None = None,
    receipt: Upload | None = None,
) -> ExpenseCorrection:
    """Ask for a correction of an approved expense; it counts as it is until another person approves.

    `line` says what was right instead; without one the expense never was. The replacement passes the
    validation of all expenses, except that its own project and task may have closed, and keeps the
    receipt. Refuses what is not approved, a second correction while one waits, and one that changes
    nothing. Records expense.correction_submitted.
    """
    if not reason.strip():
        raise ReasonMissing("Say why the approved expense is wrong.", field="reason")
    original = _locked(expense_id, actor)
    EXPENSE.check(original.status, EntryStatus.CORRECTED, label="This expense")
    if original.kind == ExpenseKind.REVERSAL:
        raise Invalid("A reversal is corrected with the expense it takes back.")
    if _pending(original):
        raise CorrectionPending(
            "A correction of this expense waits for approval already: decide on it first."
        )
    reversal = _reversal(original)
    replacement = None if line is None else _replacement(original, line, receipt, ExpenseTerms(actor, on))
    for half in (reversal, replacement):
        if half is not None:
            _save(half, original, actor)
    correction = ExpenseCorrection(reversal, replacement)
    note_corrections([correction], ExpenseCorrectionSubmitted)
    return correction


@verb
def withdraw_expense_correction(expense_id: uuid.UUID, *, actor: Actor, reason: str = "") -> Expense:
    """Withdraw the waiting correction of an approved expense, which counts on unchanged.

    Without a waiting correction nothing happens. Records expense.correction_withdrawn.
    """
    original = _locked(expense_id, actor)
    halves = _pending(original)
    Expense.objects.filter(pk__in=[half.pk for half in halves]).update(
        status=EntryStatus.REJECTED, rejection_reason=f"Withdrawn. {reason}".strip()[:500]
    )
    note_corrections(corrected(halves), ExpenseCorrectionWithdrawn)
    return original


def _locked(expense_id: uuid.UUID, actor: Actor) -> Expense:
    rows = Expense.objects.select_for_update(no_key=True, of=("self",)).select_related(*RELATED)
    expense = rows.filter(pk=expense_id).first()
    if expense is None:
        raise NotFound("This expense does not exist.")
    may_touch_expense(actor, expense)
    return expense


def _pending(original: Expense) -> list[Expense]:
    halves = Expense.objects.filter(corrects=original, status=EntryStatus.SUBMITTED)
    return list(halves.select_related(*RELATED))


def _reversal(original: Expense) -> Expense:
    facts = {name: getattr(original, name) for name in FACTS}
    facts |= {name: -getattr(original, name) for name in _NEGATED}
    return Expense(kind=ExpenseKind.REVERSAL, source_key=new_key("reversal"), **facts)


def _replacement(
    original: Expense, line: ExpenseLine, receipt: Upload | None, terms: ExpenseTerms
) -> Expense:
    kept = keep_content(receipt.content, name=receipt.name, field="receipt") if receipt else original.receipt
    stood = line_of(original)
    settled = (line.worker, line.project, line.task) == (stood.worker, stood.project, stood.task)
    given = replace(
        line, source_system=OWN_SYSTEM, source_key=new_key("replacement"), settled=settled, receipt=kept
    )
    (checked,) = check_expenses([given], replace(terms, submit=True))
    if checked.outcome == Outcome.REFUSED or checked.expense is None:
        raise RefusedExpense(checked.result())
    replacement = checked.expense
    if replacement.worker_id != original.worker_id:
        raise Invalid("An expense stays with whom it was approved for.", field="worker")
    if all(getattr(replacement, name) == getattr(original, name) for name in FACTS):
        raise NothingChanges("This is what is recorded already: change something, or void the expense.")
    replacement.kind = ExpenseKind.REPLACEMENT
    return replacement


def _save(half: Expense, original: Expense, actor: Actor) -> None:
    half.id = uuid7()
    half.root_id, half.corrects = original.root_id, original
    half.status, half.submitted_at, half.submitted_by = EntryStatus.SUBMITTED, timezone.now(), actor.user
    if half.kind == ExpenseKind.REVERSAL:
        half.policy_result = PolicyResult.OK
    half.save(force_insert=True)
