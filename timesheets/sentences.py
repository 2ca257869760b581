"""How the events of time read in an activity feed."""

from datetime import date
from decimal import Decimal
from typing import Any

from core.presentation.formats import day, quantity, span
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
