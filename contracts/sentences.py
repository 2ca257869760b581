"""How the events of agreements read in an activity feed."""

from datetime import date
from decimal import Decimal
from typing import Any

from core.presentation.formats import day, money
from core.queries.activity import describes


@describes("contract.created")
def _created(payload: dict[str, Any]) -> str:
    return f"Drafted {payload['code']}"


@describes("contract.activated")
def _activated(payload: dict[str, Any]) -> str:
    return f"Active with version {payload['number']} from {_day(payload['effective_from'])}"


@describes("contract.amended")
def _amended(payload: dict[str, Any]) -> str:
    return f"Amended by version {payload['number']} from {_day(payload['effective_from'])}"


@describes("contract.held")
def _held(payload: dict[str, Any]) -> str:
    return "Put on hold"


@describes("contract.resumed")
def _resumed(payload: dict[str, Any]) -> str:
    return "Hold lifted"


@describes("contract.completed")
def _completed(payload: dict[str, Any]) -> str:
    return "Completed: all its work is done"


@describes("contract.terminated")
def _terminated(payload: dict[str, Any]) -> str:
    return "Ended before its term"


@describes("contract.cancelled")
def _cancelled(payload: dict[str, Any]) -> str:
    return "Cancelled before it became active"


@describes("customer.created", "billing_account.created", "rate_card.created")
def _entered(payload: dict[str, Any]) -> str:
    return f"Entered {payload['code']}"


@describes("contract.changed", "customer.changed", "billing_account.changed", "rate_card.changed")
def _changed(payload: dict[str, Any]) -> str:
    fields = ", ".join(name.removesuffix("_id").replace("_", " ") for name in payload["fields"])
    return f"Changed {fields} of {payload['code']}"


@describes("contract_version.drafted")
def _drafted(payload: dict[str, Any]) -> str:
    copied = f", copied from version {payload['copied_from']}" if payload["copied_from"] else ""
    return f"Drafted version {payload['number']}{copied}"


@describes("contract_version.changed")
def _edited(payload: dict[str, Any]) -> str:
    return f"Changed the draft of version {payload['number']}"


@describes("contract_version.submitted")
def _submitted(payload: dict[str, Any]) -> str:
    return f"Submitted version {payload['number']} for approval"


@describes("contract_version.approved")
def _approved(payload: dict[str, Any]) -> str:
    numbers = ", ".join(map(str, payload["overrides"]))
    overrides = f"; it takes days from version {numbers}" if numbers else ""
    return f"Approved version {payload['number']} from {_day(payload['effective_from'])}{overrides}"


@describes("contract_version.rejected")
def _rejected(payload: dict[str, Any]) -> str:
    return f"Rejected version {payload['number']}"


@describes("contract_version.superseded")
def _superseded(payload: dict[str, Any]) -> str:
    return f"Version {payload['number']} is superseded by version {payload['by']}"


@describes("rate.changed")
def _rate(payload: dict[str, Any]) -> str:
    named = [payload[name] for name in ("role", "region", "service_line", "work_type", "worker")]
    subject = ", ".join(code for code in named if code != "any") or "everything"
    until = f" to {_day(payload['ends_on'])}" if payload["ends_on"] else ""
    span = f"from {_day(payload['starts_on'])}{until}"
    if payload["amount"] is None:
        return f"No price for {subject} {span}"
    return f"{money(Decimal(payload['amount']), payload['currency'])} for {subject} {span}"


@describes("deal.received")
def _deal_received(payload: dict[str, Any]) -> str:
    return f"{payload['code']} came in from {payload['source']}{_lacking(payload)}"


@describes("deal.refreshed")
def _deal_refreshed(payload: dict[str, Any]) -> str:
    if not payload["fields"]:
        return "The source said the same again"
    names = ", ".join(name.replace("_", " ") for name in payload["fields"])
    conflicts = f"; {len(payload['conflicts'])} against our word" if payload["conflicts"] else ""
    return f"The source changed {names}{conflicts}"


@describes("deal.completed")
def _deal_completed(payload: dict[str, Any]) -> str:
    names = ", ".join(name.replace("_", " ") for name in payload["fields"])
    return f"Filled in {names}{_lacking(payload)}"


@describes("deal.rechecked")
def _deal_rechecked(payload: dict[str, Any]) -> str:
    return f"Checked again{_lacking(payload) or ': nothing is missing'}"


@describes("deal.converted")
def _deal_converted(payload: dict[str, Any]) -> str:
    new = ", with a new customer" if payload["new_customer"] else ""
    return f"Drafted {payload['contract']}{new}"


@describes("deal.withdrawn")
def _deal_withdrawn(payload: dict[str, Any]) -> str:
    return "No longer won in the source"


@describes("deal.conflict_settled")
def _deal_settled(payload: dict[str, Any]) -> str:
    whose = "ours holds" if payload["kept"] == "ours" else "the source's holds"
    return f"Settled {payload['field'].replace('_', ' ')}: {whose}"


def _lacking(payload: dict[str, Any]) -> str:
    count = len(payload["missing"])
    return f", {count} thing{'s' if count > 1 else ''} missing" if count else ""


def _day(text: str) -> str:
    return day(date.fromisoformat(text))
