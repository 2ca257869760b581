"""What happened to runs, documents and money, in words for the feeds."""

from datetime import date
from decimal import Decimal
from typing import Any

from core.presentation.formats import counted, day, money, number, quantity
from core.queries.activity import describes


def _amount(payload: dict[str, Any], name: str = "gross") -> str:
    return money(Decimal(payload[name]), payload["currency"])


def _on(payload: dict[str, Any], name: str) -> str:
    return day(date.fromisoformat(payload[name]))


@describes("charge.priced")
def _priced(payload: dict[str, Any]) -> str:
    parts = [
        counted(payload["added"], "charge added", "charges added"),
        counted(payload["changed"], "charge changed", "charges changed"),
        counted(payload["removed"], "charge withdrawn", "charges withdrawn"),
        counted(payload["waived"], "charge kept at its former price", "charges kept at their former price"),
    ]
    said = [part for part in parts if not part.startswith("0 ")] or ["no charge changed"]
    change = money(Decimal(payload["amount"]), payload["currency"], sign=True)
    return f"Work priced: {', '.join(said)}; {change} to bill"


@describes("ceiling.near")
def _ceiling_near(payload: dict[str, Any]) -> str:
    used, ceiling = (
        money(Decimal(payload[name]), payload["currency"])
        if payload["currency"]
        else quantity(Decimal(payload[name]), "h")
        for name in ("used", "ceiling")
    )
    line = f" {payload['line']}" if payload["line"] else ""
    return f"{payload['percent']} % of the ceiling on the {payload['on']}{line} reached: {used} of {ceiling}"


@describes("charge.hold_released")
def _work_goes_on(payload: dict[str, Any]) -> str:
    return "Work is billable again: its hold was lifted"


@describes("charge.adjustment_submitted")
def _decision_asked(payload: dict[str, Any]) -> str:
    return f"{_decision(payload)} proposed, waiting for a second person"


@describes("charge.adjusted")
def _decision_taken(payload: dict[str, Any]) -> str:
    return f"{_decision(payload)} approved"


@describes("charge.adjustment_rejected")
def _decision_refused(payload: dict[str, Any]) -> str:
    return f"{_kind(payload)} refused"


def _decision(payload: dict[str, Any]) -> str:
    """Return the decision with its code; the event names no currency, so the amount stays bare."""
    amount = f" of {number(Decimal(payload['amount']), places=2)}" if payload["amount"] is not None else ""
    return f"{_kind(payload)}{amount} ({payload['code']})"


def _kind(payload: dict[str, Any]) -> str:
    return str(payload["kind"]).replace("_", "-").capitalize()


@describes("billing_run.created")
def _run_created(payload: dict[str, Any]) -> str:
    return f"Run prepared, work to {_on(payload, 'cut_off')}"


@describes("billing_run.started")
def _run_started(payload: dict[str, Any]) -> str:
    return f"Run started over {counted(payload['contracts'], 'contract')}"


@describes("billing_run.advanced")
def _advanced(payload: dict[str, Any]) -> str:
    left = f", {payload['failures']} left out" if payload["failures"] else ""
    drafted = counted(payload["proposals"], "proposal")
    return f"{payload['done']} of {counted(payload['total'], 'contract')} done: {drafted}{left}"


@describes("billing_run.completed")
def _run_completed(payload: dict[str, Any]) -> str:
    left = f", {counted(payload['failures'], 'contract')} left out" if payload["failures"] else ""
    return f"Run completed: {counted(payload['proposals'], 'proposal')}{left}"


@describes("billing_run.cancelled")
def _run_cancelled(payload: dict[str, Any]) -> str:
    return "Run cancelled; its charges are open again"


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


@describes("proposal.redated")
def _redated(payload: dict[str, Any]) -> str:
    return f"Dated {_on(payload, 'document_date')} instead of {_on(payload, 'previous')}"


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
    return f"Posted as {payload['erp_number']} on {_on(payload, 'posted_on')}, {_amount(payload)}"


@describes("invoice.paid")
def _paid(payload: dict[str, Any]) -> str:
    return f"{_amount(payload, 'amount')} paid, {_amount(payload, 'paid')} in all"


@describes("charge.held")
def _work_held(payload: dict[str, Any]) -> str:
    return f"Work put on hold: {payload['reason']}"
