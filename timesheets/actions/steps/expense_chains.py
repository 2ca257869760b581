"""The halves of corrections of expenses, and what is recorded of them. Steps."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.events import Happening, record_all
from timesheets.intake.expenses.writing import told
from timesheets.models import Expense
from timesheets.states import ExpenseKind


@dataclass(frozen=True)
class ExpenseCorrection:
    """The two halves of a correction; without a replacement the expense never was."""

    reversal: Expense
    replacement: Expense | None


def corrected(halves: Iterable[Expense]) -> list[ExpenseCorrection]:
    """Return the corrections that the halves make up."""
    listed = list(halves)
    replacements = {one.corrects_id: one for one in listed if one.kind == ExpenseKind.REPLACEMENT}
    return [
        ExpenseCorrection(one, replacements.get(one.corrects_id))
        for one in listed
        if one.kind == ExpenseKind.REVERSAL
    ]


def note_corrections(
    corrections: Iterable[ExpenseCorrection], payload: Callable[..., object], **more: Any
) -> None:
    """Record an event of each correction, by where the expense stood."""
    record_all(_happening(one, payload, more) for one in corrections)


def _happening(
    correction: ExpenseCorrection, payload: Callable[..., object], more: dict[str, Any]
) -> Happening:
    before, after = correction.reversal, correction.replacement
    contracts = {before.project.contract_id, (after or before).project.contract_id}
    values = {
        **told(before),
        "net": -before.net,
        "tax": -before.tax,
        "contract_ids": sorted(contracts),
        "net_after": after.net if after else Decimal(0),
        "currency_after": after.currency_id if after else before.currency_id,
        **more,
    }
    entity = before.project.legal_entity_id
    return Happening("timesheets.expense", before.root_id, payload(**values), entity, before.spent_on)
