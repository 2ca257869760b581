"""Write the accepted rows, whole sets at once, and record what happened to each expense. Steps."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from core.errors import Stale
from core.events import Happening, record_all
from core.identifiers import uuid7
from core.models import User
from timesheets.events import ExpenseRecorded, ExpenseSubmitted
from timesheets.intake.expenses.checking import FACTS, Checked
from timesheets.intake.results import Outcome
from timesheets.models import Expense
from timesheets.states import EntryStatus

_WRITTEN = (
    *FACTS,
    *("policy_result", "policy_sentence", "status", "submitted_by", "submitted_at", "rejection_reason"),
)
_FIELDS = [name.removesuffix("_id") for name in _WRITTEN]


def write_expenses(
    checked: Sequence[Checked], *, submit: bool, user: User | None, now: datetime
) -> list[Expense]:
    """Write what was accepted as draft, or submitted, and record its event; return what was written.

    Whoever changes a submitted expense has submitted it: they cannot approve it any more.
    """
    created = [one.expense for one in checked if one.expense and one.outcome == Outcome.CREATED]
    updated = [one.expense for one in checked if one.expense and one.outcome == Outcome.UPDATED]
    waiting = set(
        Expense.objects.filter(pk__in=[one.pk for one in updated], status=EntryStatus.SUBMITTED).values_list(
            "pk", flat=True
        )
    )
    for expense in (*created, *updated):
        sent = submit or expense.pk in waiting
        expense.status = EntryStatus.SUBMITTED if sent else EntryStatus.DRAFT
        expense.submitted_by, expense.submitted_at = (user, now) if sent else (None, None)
        expense.rejection_reason = ""
    try:
        with transaction.atomic():
            Expense.objects.bulk_create(created)
    except IntegrityError as error:
        raise Stale("The same expenses arrived twice at once: send them again.") from error
    Expense.objects.bulk_update(updated, _FIELDS, batch_size=500)
    written = [*created, *updated]
    note_expenses(written, ExpenseSubmitted if submit else ExpenseRecorded)
    return written


def note_expenses(expenses: Iterable[Expense], payload: Callable[..., object], **more: Any) -> None:
    """Record an event of each expense (worker, project and category loaded) in one statement."""
    record_all(
        Happening(
            "timesheets.expense",
            expense.root_id,
            payload(**told(expense), **more),
            expense.project.legal_entity_id,
            expense.spent_on,
        )
        for expense in expenses
    )


def told(expense: Expense) -> dict[str, Any]:
    """Return what every event says of an expense."""
    return {
        "worker_id": expense.worker_id,
        "worker": expense.worker.code,
        "contract_id": expense.project.contract_id,
        "project_id": expense.project_id,
        "project": expense.project.code,
        "category": expense.category.code,
        "spent_on": expense.spent_on,
        "net": expense.net,
        "tax": expense.tax,
        "currency": expense.currency_id,
        "root_id": expense.root_id,
    }


def new_key(kind: str) -> str:
    """Return a source key of our own for an expense entered here."""
    return f"{kind}-{uuid7()}"
