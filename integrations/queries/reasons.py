"""Why two sides differ, in a few words beside the amount."""

from decimal import Decimal
from typing import Any

from billing.models import ErpDocument, Proposal, ProposalLine
from integrations.models import Break
from integrations.states import BreakKind, DeliveryState

POSTED_LATER = "posted_later"
_SENT = {
    POSTED_LATER: "Posted after this comparison",
    "": "Never sent",
    DeliveryState.PENDING: "On its way",
    DeliveryState.LEASED: "On its way",
    DeliveryState.RETRY: "Will be tried again",
    DeliveryState.UNKNOWN: "Outcome unknown",
    DeliveryState.REJECTED: "Rejected by ERP",
    DeliveryState.DEAD: "Could not be sent",
    DeliveryState.DELIVERED: "Deleted in ERP",
    DeliveryState.WAIVED: "Given up",
}


def reason_of(row: Break, delivery_state: str) -> str:
    """Return why a break is one; `delivery_state` is that of our last message, or POSTED_LATER."""
    ours, theirs = row.proposal, row.erp_document
    match row.kind:
        case BreakKind.MISSING_THERE:
            return _SENT.get(delivery_state, "Not in ERP")
        case BreakKind.MISSING_HERE:
            return (
                "Raised in ERP by hand" if theirs and not theirs.external_reference else "Unknown reference"
            )
        case BreakKind.AMOUNT:
            return _amounts(ours, theirs) if ours and theirs else "Amount differs"
        case BreakKind.DATE:
            return _dates(ours, theirs) if ours and theirs else "Date differs"
        case BreakKind.PARTY:
            return "Customer account differs"
        case BreakKind.CURRENCY:
            return f"In {theirs.currency} there" if theirs and row.ours is not None else "Other currency here"
        case BreakKind.DUPLICATE:
            return f"Second document for {ours.number}" if ours else "Second document"
        case BreakKind.STATUS:
            return _states(ours, theirs)
    return row.get_kind_display()


def their_absence(row: Break, delivery_state: str) -> str:
    """Return what stands in the hole where the ERP's document is missing."""
    if row.kind == BreakKind.CURRENCY:
        return f"Not in {row.currency} in ERP"
    if delivery_state == POSTED_LATER:
        return "Not posted when it was compared"
    return "Deleted in ERP" if delivery_state == DeliveryState.DELIVERED else "Nothing posted in ERP"


def _amounts(ours: Proposal, theirs: ErpDocument) -> str:
    lines = list(ours.lines.all())
    if len(lines) != len(theirs.lines):
        return "Lines differ"
    for place, (line, other) in enumerate(zip(lines, theirs.lines, strict=True), start=1):
        if found := _line_difference(line, other):
            return f"{found} on line {place}"
    return "Net differs" if ours.net != theirs.net else "Tax differs"


def _line_difference(line: ProposalLine, other: dict[str, Any]) -> str:
    if line.unit_price is not None and line.unit_price != Decimal(other["unit_price"]):
        return "Rate"
    if line.quantity != Decimal(other["quantity"]):
        return "Quantity"
    return "Amount" if line.net != Decimal(other["net"]) else ""


def _dates(ours: Proposal, theirs: ErpDocument) -> str:
    if (ours.document_date.year, ours.document_date.month) == (
        theirs.document_date.year,
        theirs.document_date.month,
    ):
        return "Date differs"
    return f"Dated {theirs.document_date:%B} in ERP"


def _states(ours: Proposal | None, theirs: ErpDocument | None) -> str:
    if theirs and theirs.state != "posted":
        return f"{theirs.state.capitalize()} in ERP"
    return "Posting not confirmed here" if ours and ours.status == "releasing" else "Not released in billing"
