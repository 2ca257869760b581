"""What a difference is, in words. Pure."""

from decimal import Decimal

from core.money import round_money
from integrations.matching.invoices import Difference
from integrations.states import BreakKind


def title_of(difference: Difference, *, ours: str, theirs: str, system: str) -> str:
    """Return the sentence that names the fault: the documents, the direction and the money."""
    gap = _amount(difference)
    return {
        BreakKind.MISSING_HERE: f"{theirs} stands in {system} without an invoice of ours",
        BreakKind.MISSING_THERE: f"{ours} is not posted in {system}",
        BreakKind.AMOUNT: f"{ours} and {theirs} differ by {gap}",
        BreakKind.CURRENCY: f"{ours} and {theirs} are in different currencies",
        BreakKind.DATE: f"{ours} and {theirs} carry different dates",
        BreakKind.PARTY: f"{ours} and {theirs} name different customers",
        BreakKind.DUPLICATE: f"{theirs} repeats {ours} in {system}",
        BreakKind.STATUS: f"{ours} and {theirs} are not in the same state",
    }[BreakKind(difference.kind)][:200]


def money_at_risk(difference: Difference) -> Decimal:
    """Return what the difference may cost: its net, else its tax."""
    return abs(difference.difference) or abs(difference.tax_difference)


def _amount(difference: Difference) -> str:
    what = "" if difference.difference else " of tax"
    return f"{round_money(money_at_risk(difference), difference.currency):,f} {difference.currency}{what}"
