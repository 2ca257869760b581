"""How the kernel's own events read in an activity feed."""

from datetime import date, datetime
from typing import Any

from core.exceptions import UNTIL_WORSE
from core.presentation.formats import day, moment
from core.queries.activity import describes


@describes("period.closed")
def _closed(payload: dict[str, Any]) -> str:
    return f"{_month(payload)} closed"


@describes("period.reopened")
def _reopened_period(payload: dict[str, Any]) -> str:
    return f"{_month(payload)} opened again"


@describes("master_data.changed")
def _steward_changed(payload: dict[str, Any]) -> str:
    fields = ", ".join(name.removesuffix("_id").replace("_", " ") for name in payload["fields"])
    return f"Changed {fields} of {payload['label']}" if fields else f"Changed {payload['label']}"


@describes("token.issued")
def _issued(payload: dict[str, Any]) -> str:
    return f"Access token {payload['name']} issued"


@describes("token.revoked")
def _revoked(payload: dict[str, Any]) -> str:
    return f"Access token {payload['name']} revoked"


@describes("person.entered")
def _person_entered(payload: dict[str, Any]) -> str:
    return f"Account entered, from {day(date.fromisoformat(payload['starts_on']))}"


def _month(payload: dict[str, Any]) -> str:
    return f"{date.fromisoformat(payload['month']):%B %Y} of {payload['legal_entity']}"


@describes("exception.opened")
def _opened(payload: dict[str, Any]) -> str:
    return f"Found: {payload['title']}"


@describes("exception.assigned")
def _assigned(payload: dict[str, Any]) -> str:
    owner = payload.get("owner")
    return f"Assigned to {owner}" if owner else "Given back to the team"


@describes("exception.routed")
def _routed(payload: dict[str, Any]) -> str:
    given = f"Given to {payload['owner']}" if payload["owner"] else "Left to the team"
    return f"{given} by rule, due {moment(datetime.fromisoformat(payload['due_at']))}"


@describes("exception.overdue")
def _overdue(payload: dict[str, Any]) -> str:
    return "Became overdue"


@describes("exception.snoozed")
def _snoozed(payload: dict[str, Any]) -> str:
    until = payload["until"]
    if until == UNTIL_WORSE.isoformat():
        return "Snoozed until more is at risk"
    return f"Snoozed until {day(date.fromisoformat(until))}" if until else "Brought back"


@describes("exception.resolved")
def _resolved(payload: dict[str, Any]) -> str:
    return f"Resolved: {payload['resolution']}"


@describes("exception.waived")
def _waived(payload: dict[str, Any]) -> str:
    return f"Waived: {payload['resolution']}"


@describes("exception.reopened")
def _reopened(payload: dict[str, Any]) -> str:
    return "Opened again"


@describes("exception.commented")
def _commented(payload: dict[str, Any]) -> str:
    return str(payload["comment"])
