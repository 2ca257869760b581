"""What happened to runs, documents and money, in words for the feeds."""

from datetime import date
from decimal import Decimal
from typing import Any

from core.presentation.formats import day, money
from core.queries.activity import describes


def _amount(payload: dict[str, Any], name: str = "gross") -> str:
    return money(Decimal(payload[name]), payload["currency"])


@describes("billing_run.advanced")
def _advanced(payload: dict[str, Any]) -> str:
    left = f", {payload['failures']} left out" if payload["failures"] else ""
    return f"{payload['done']} of {payload['total']} contracts done: {payload['proposals']} proposals{left}"


@describes("proposal.created")
def _created(payload: dict[str, Any]) -> str:
    return f"Drafted, net {_amount(payload, 'net')}"


@describes("proposal.recalculated")
def _recalculated(payload: dict[str, Any]) -> str:
    before, after = _amount(payload, "net_before"), _amount(payload, "net")
    fell = "; the approval fell" if payload["approval_fell"] else ""
    return f"Recalculated: net {before} became {after}{fell}"


@describes("proposal.submitted")
def _submitted(payload: dict[str, Any]) -> str:
    return f"Sent for approval, {_amount(payload)}"


@describes("proposal.returned")
def _returned(payload: dict[str, Any]) -> str:
    return f"Returned to draft: {payload['reason']}"


@describes("proposal.approved")
def _approved(payload: dict[str, Any]) -> str:
    return f"Approved, {_amount(payload)}"


@describes("proposal.held")
def _held(payload: dict[str, Any]) -> str:
    return f"Put on hold: {payload['reason']}" if payload["reason"] else "Goes on"


@describes("proposal.discarded")
def _discarded(payload: dict[str, Any]) -> str:
    return "Discarded; its charges are open again"


@describes("proposal.noted")
def _noted(payload: dict[str, Any]) -> str:
    return f"Noted: {payload['text']}"


@describes("proposal.released")
def _released(payload: dict[str, Any]) -> str:
    return f"Released to the ERP, {_amount(payload)}"


@describes("proposal.refused")
def _refused(payload: dict[str, Any]) -> str:
    return f"Refused by the ERP: {payload['reason']}"


@describes("invoice.posted")
def _posted(payload: dict[str, Any]) -> str:
    on = day(date.fromisoformat(payload["posted_on"]))
    return f"Posted as {payload['erp_number']} on {on}, {_amount(payload)}"


@describes("invoice.paid")
def _paid(payload: dict[str, Any]) -> str:
    return f"{_amount(payload, 'amount')} paid, {_amount(payload, 'paid')} in all"


@describes("charge.held")
def _work_held(payload: dict[str, Any]) -> str:
    return f"Work put on hold: {payload['reason']}"
