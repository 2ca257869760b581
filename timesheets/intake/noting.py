"""Record what an intake wrote: one event per week of a worker and legal entity, never one per row."""

from typing import Any

from django.db import connection

from core.events import Happening, record_all
from timesheets.events import TimeRecorded, TimesheetSubmitted

# The legal entity is the delivering one: those who answer for the project see the event.
_WEEKS = """
SELECT t.id AS timesheet_id, p.legal_entity_id, c.worker_id, c.worker, c.week, count(*) AS entries,
       sum(c.hours) AS hours, array_agg(DISTINCT p.code) AS projects, min(c.work_date) AS effective_on
FROM time_checked c
JOIN projects_project p ON p.id = c.project_id
JOIN timesheets_timesheet t ON t.worker_id = c.worker_id AND t.week = c.week
WHERE c.action IN ('create', 'update', 'submit')
GROUP BY t.id, p.legal_entity_id, c.worker_id, c.worker, c.week
ORDER BY t.id
"""


def note_intake(*, submitted: bool, removed: int = 0) -> None:
    """Record timesheet.submitted, or timesheet.recorded for drafts, for every week that was written.

    `removed` entries were taken out of the first of them.
    """
    with connection.cursor() as cursor:
        cursor.execute(_WEEKS)
        names = [column.name for column in cursor.description or ()]
        weeks = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    record_all(_happening(week, submitted, removed if week is weeks[0] else 0) for week in weeks)


def _happening(week: dict[str, Any], submitted: bool, removed: int) -> Happening:
    timesheet_id, legal_entity_id = week.pop("timesheet_id"), week.pop("legal_entity_id")
    effective_on, projects = week.pop("effective_on"), week.pop("projects")
    payload = (
        TimesheetSubmitted(projects=projects, **week) if submitted else TimeRecorded(removed=removed, **week)
    )
    return Happening("timesheets.timesheet", timesheet_id, payload, legal_entity_id, effective_on)
