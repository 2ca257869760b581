"""How the events of projects and people read in an activity feed."""

from datetime import date
from decimal import Decimal
from typing import Any

from core.presentation.formats import day, number
from core.queries.activity import describes


@describes("project.created")
def _created(payload: dict[str, Any]) -> str:
    return f"Planned {payload['code']}"


@describes("project.activated")
def _activated(payload: dict[str, Any]) -> str:
    return "Activated: time is accepted"


@describes("project.held")
def _held(payload: dict[str, Any]) -> str:
    return "Put on hold"


@describes("project.closed")
def _closed(payload: dict[str, Any]) -> str:
    return "Closed: no more time is accepted"


@describes("project.changed", "task.changed", "worker.changed")
def _changed(payload: dict[str, Any]) -> str:
    return f"Changed {_fields(payload)} of {payload['code']}"


@describes("task.added")
def _task_added(payload: dict[str, Any]) -> str:
    return f"Added task {payload['code']}"


@describes("task.closed")
def _task_closed(payload: dict[str, Any]) -> str:
    return f"Closed task {payload['code']}"


@describes("task.reopened")
def _task_reopened(payload: dict[str, Any]) -> str:
    return f"Reopened task {payload['code']}"


@describes("resource.assigned")
def _assigned(payload: dict[str, Any]) -> str:
    done = "Proposed" if payload["status"] == "proposed" else "Assigned"
    return f"{done} a {payload['role']} {_span(payload)}"


@describes("resource.confirmed")
def _confirmed(payload: dict[str, Any]) -> str:
    return f"Confirmed an assignment {_span(payload)}"


@describes("resource.changed")
def _resource_changed(payload: dict[str, Any]) -> str:
    return f"Changed {_fields(payload)} of an assignment"


@describes("resource.released")
def _released(payload: dict[str, Any]) -> str:
    if payload["cancelled"]:
        return "Cancelled an assignment"
    return f"Released somebody after {_day(payload['ends_on'])}"


@describes("employment.changed")
def _employed(payload: dict[str, Any]) -> str:
    if payload["employer_id"] is None:
        return f"No employment from {_day(payload['starts_on'])}"
    return f"Employment set {_span(payload)}"


@describes("milestone.planned")
def _milestone_planned(payload: dict[str, Any]) -> str:
    return f"Planned milestone {payload['code']} from the terms"


@describes("milestone.rescheduled")
def _milestone_rescheduled(payload: dict[str, Any]) -> str:
    return f"Now due on {_day(payload['due_on'])}" if payload["due_on"] else "Not due on a day any more"


@describes("milestone.started")
def _milestone_started(payload: dict[str, Any]) -> str:
    return "Work on it began"


@describes("milestone.progressed")
def _milestone_progressed(payload: dict[str, Any]) -> str:
    return f"Progress {number(Decimal(payload['percent_complete']))} %"


@describes("milestone.completed")
def _milestone_completed(payload: dict[str, Any]) -> str:
    return f"Completed on {_day(payload['completed_on'])}: waits for sign-off"


@describes("milestone.signed_off")
def _milestone_signed_off(payload: dict[str, Any]) -> str:
    part = f"{number(Decimal(payload['percent']))} %"
    how = {"client_link": "by link", "staff": "by document", "deemed": "without an answer"}[payload["how"]]
    return f"{part} accepted {how} on {_day(payload['signed_on'])}"


@describes("milestone.rejected")
def _milestone_rejected(payload: dict[str, Any]) -> str:
    return f"Rejected: {payload['comment']}"


@describes("milestone.link_created")
def _link_created(payload: dict[str, Any]) -> str:
    return f"Link made for {payload['recipient'] or 'the client'}"


@describes("milestone.link_revoked")
def _link_revoked(payload: dict[str, Any]) -> str:
    return "Link revoked"


def _fields(payload: dict[str, Any]) -> str:
    return ", ".join(name.removesuffix("_id").replace("_", " ") for name in payload["fields"])


def _span(payload: dict[str, Any]) -> str:
    until = f" to {_day(payload['ends_on'])}" if payload["ends_on"] else ""
    return f"from {_day(payload['starts_on'])}{until}"


def _day(text: str) -> str:
    return day(date.fromisoformat(text))
