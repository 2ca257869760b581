"""How the events of time read in an activity feed."""

from datetime import date
from decimal import Decimal
from typing import Any

from core.presentation.formats import day, money, quantity, span
from core.queries.activity import describes


@describes("timesheet.recorded")
def _recorded(payload: dict[str, Any]) -> str:
    if not payload["entries"]:
        return f"Took out {payload['removed']} drafts"
    return f"Recorded {_hours(payload)} as draft"


@describes("timesheet.submitted")
def _submitted(payload: dict[str, Any]) -> str:
    return f"Submitted {_hours(payload)} on {', '.join(payload['projects'])}"


@describes("timesheet.recalled")
def _recalled(payload: dict[str, Any]) -> str:
    return f"Took {_hours(payload)} back"


@describes("time.approved")
def _approved(payload: dict[str, Any]) -> str:
    return f"Approved {_hours(payload)} on {payload['project']}, {_days(payload)}"


@describes("time.rejected")
def _rejected(payload: dict[str, Any]) -> str:
    return f"Sent {_hours(payload)} on {payload['project']} back"


@describes("time.correction_submitted")
def _asked(payload: dict[str, Any]) -> str:
    return f"Asked for a correction, {_change(payload)}"


@describes("time.correction_withdrawn")
def _withdrawn(payload: dict[str, Any]) -> str:
    return f"Withdrew the correction, {_change(payload)}"


@describes("time.corrected")
def _corrected(payload: dict[str, Any]) -> str:
    return f"Approved the correction, {_change(payload)}"


def _hours(payload: dict[str, Any]) -> str:
    return quantity(Decimal(payload["hours"]), "h")


def _days(payload: dict[str, Any]) -> str:
    return span(date.fromisoformat(payload["first_on"]), date.fromisoformat(payload["last_on"]))


def _change(payload: dict[str, Any]) -> str:
    before, after = (quantity(Decimal(payload[f"hours_{when}"]), "h") for when in ("before", "after"))
    return f"{before} to {after} of {day(date.fromisoformat(payload['first_on']))}"


@describes("expense.recorded")
def _expense_recorded(payload: dict[str, Any]) -> str:
    return f"Entered {_spent(payload)} as draft"


@describes("expense.discarded")
def _expense_discarded(payload: dict[str, Any]) -> str:
    return f"Threw away {_spent(payload)}"


@describes("expense.submitted")
def _expense_submitted(payload: dict[str, Any]) -> str:
    return f"Submitted {_spent(payload)} on {payload['project']}"


@describes("expense.recalled")
def _expense_recalled(payload: dict[str, Any]) -> str:
    return f"Took {_spent(payload)} back"


@describes("expense.approved")
def _expense_approved(payload: dict[str, Any]) -> str:
    return f"Approved {_spent(payload)} on {payload['project']}"


@describes("expense.rejected")
def _expense_rejected(payload: dict[str, Any]) -> str:
    return f"Sent {_spent(payload)} back: {payload['reason']}"


@describes("expense.correction_submitted")
def _expense_correction(payload: dict[str, Any]) -> str:
    return f"Asked for a correction, {_expense_change(payload)}"


@describes("expense.correction_withdrawn")
def _expense_withdrawn(payload: dict[str, Any]) -> str:
    return f"Withdrew the correction, {_expense_change(payload)}"


@describes("expense.correction_rejected")
def _expense_correction_rejected(payload: dict[str, Any]) -> str:
    return f"Rejected the correction, {_expense_change(payload)}: {payload['reason']}"


@describes("expense.corrected")
def _expense_corrected(payload: dict[str, Any]) -> str:
    return f"Approved the correction, {_expense_change(payload)}"


def _spent(payload: dict[str, Any]) -> str:
    amount = money(Decimal(payload["net"]), payload["currency"])
    return f"{amount} of {day(date.fromisoformat(payload['spent_on']))}"


def _expense_change(payload: dict[str, Any]) -> str:
    return f"{_spent(payload)} to {money(Decimal(payload['net_after']), payload['currency_after'])}"
