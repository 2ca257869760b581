"""Gather and guard the entries of a decision. Steps: they need an open transaction.

The working table `time_deciding` holds the entries; every later statement reads it, so a decision takes
the same number of statements whatever its size.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from core.actors import Actor
from core.errors import Forbidden, Stale
from timesheets.models import TimeEntry
from timesheets.policies import OwnTime, reach
from timesheets.queries.slices import Slice, columns

Subject = Sequence[Slice] | QuerySet[TimeEntry]


@dataclass(frozen=True)
class Decided:
    """How much was decided on: entries, their hours, and the slices they lie in."""

    entries: int
    hours: Decimal
    slices: int


def gather(subject: Subject) -> None:
    """Fill `time_deciding` with the submitted entries of the subject, their weeks locked.

    Refuses as stale when the entries are not those the person saw, or changed while they were locked.
    """
    slices = [] if isinstance(subject, QuerySet) else list(subject)
    ids = list(subject.values_list("pk", flat=True)) if isinstance(subject, QuerySet) else []
    _fill(slices, ids)
    locked = _lock()
    _fill(slices, ids)
    if _weeks() - locked:
        raise Stale("The time changed while it was being decided: look again.")
    _refuse_unseen(slices)


def guard(actor: Actor) -> None:
    """Refuse decisions on own time, own submissions, and projects out of the person's reach."""
    rights = reach(actor.user, "time.approve")
    given = {
        "user": actor.user_id,
        "everything": rights.everything,
        "entities": list(rights.entities),
        "managed_everywhere": rights.managed_everywhere,
        "managed_in": list(rights.managed_in),
    }
    (found,) = rows(_GUARD, given)
    if found["foreign"]:
        raise Forbidden(f"You do not approve the time of {found['foreign']}: its manager or the PMO does.")
    if found["worked"]:
        raise OwnTime("You cannot decide on your own time: somebody else has to.")
    if found["submitted"]:
        raise OwnTime(
            f"You submitted time of {found['submitted']} yourself: somebody else has to decide on it."
        )


def rows(statement: str, parameters: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """Run one statement and return its rows by column name."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()] if names else []


def _fill(slices: Sequence[Slice], ids: list[uuid.UUID]) -> None:
    workers, projects, weeks, *_ = columns(slices)
    given = {"workers": workers, "projects": projects, "weeks": weeks, "entries": ids}
    rows(_statement(), given)


def _lock() -> set[uuid.UUID]:
    return {
        row["id"] for row in rows(f"SELECT t.id FROM timesheets_timesheet t WHERE t.id IN ({_WEEKS}) {_LOCK}")
    }


def _weeks() -> set[uuid.UUID]:
    return {row["id"] for row in rows(_WEEKS)}


def _refuse_unseen(slices: Sequence[Slice]) -> None:
    if all(part.entries is None and part.hours is None for part in slices):
        return
    workers, projects, weeks, entries, hours = columns(slices)
    given = {"workers": workers, "projects": projects, "weeks": weeks, "entries": entries, "hours": hours}
    if unseen := rows(_UNSEEN, given):
        raise Stale(f"The time of {unseen[0]['name']} is no longer what you saw: look again.")


@cache
def _statement() -> str:
    return (Path(__file__).parent / "deciding.sql").read_text()


_WEEKS = """
SELECT e.timesheet_id AS id FROM time_deciding d JOIN timesheets_timeentry e ON e.id = d.entry_id
UNION
SELECT o.timesheet_id FROM time_deciding d JOIN timesheets_timeentry e ON e.id = d.entry_id
JOIN timesheets_timeentry o ON o.id = e.corrects_id
"""
_LOCK = "ORDER BY t.id FOR NO KEY UPDATE"
_UNSEEN = """
SELECT w.name
FROM unnest(%(workers)s::uuid[], %(projects)s::uuid[], %(weeks)s::date[], %(entries)s::int[],
            %(hours)s::numeric[]) AS s (worker_id, project_id, week, entries, hours)
JOIN projects_worker w ON w.id = s.worker_id
LEFT JOIN timesheets_timesheet t ON t.worker_id = s.worker_id AND t.week = s.week
LEFT JOIN LATERAL (
  SELECT count(*) AS entries, coalesce(sum(e.hours), 0) AS hours FROM timesheets_timeentry e
  WHERE e.timesheet_id = t.id AND e.project_id = s.project_id AND e.status = 'submitted'
) n ON true
WHERE n.entries <> s.entries OR n.hours <> s.hours
"""
_GUARD = """
SELECT min(p.code) FILTER (WHERE NOT (%(everything)s OR p.legal_entity_id = ANY(%(entities)s::uuid[])
         OR (coalesce(m.user_id = %(user)s::uuid, false)
             AND (%(managed_everywhere)s OR p.legal_entity_id = ANY(%(managed_in)s::uuid[]))))) AS "foreign",
       min(w.name) FILTER (WHERE w.user_id = %(user)s::uuid) AS worked,
       min(w.name) FILTER (WHERE e.submitted_by_id = %(user)s::uuid) AS submitted
FROM time_deciding d
JOIN timesheets_timeentry e ON e.id = d.entry_id
JOIN projects_project p ON p.id = e.project_id
JOIN projects_worker m ON m.id = p.manager_id
JOIN projects_worker w ON w.id = e.worker_id
"""
