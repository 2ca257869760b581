"""Record what an intake wrote: one event per week of a worker and legal entity, never one per row."""

from django.db import connection

from core.events import Happening, record_all
from timesheets.events import TimeRecorded, TimesheetSubmitted

# The legal entity is the delivering one: those who answer for the project see the event.
_WEEKS = """
SELECT t.id, p.legal_entity_id, c.worker_id, c.worker, c.week, count(*), sum(c.hours),
       array_agg(DISTINCT p.code ORDER BY p.code), min(c.work_date)
FROM time_checked c
JOIN projects_project p ON p.id = c.project_id
JOIN timesheets_timesheet t ON t.worker_id = c.worker_id AND t.week = c.week
WHERE c.action IN ('create', 'update', 'submit')
GROUP BY t.id, p.legal_entity_id, c.worker_id, c.worker, c.week
ORDER BY t.id
"""


def note_intake(*, submitted: bool) -> None:
    """Record timesheet.submitted, or timesheet.recorded for drafts, for every week that was written."""
    with connection.cursor() as cursor:
        cursor.execute(_WEEKS)
        rows = cursor.fetchall()
    record_all(
        Happening(
            "timesheets.timesheet",
            timesheet_id,
            TimesheetSubmitted(worker_id, worker, week, entries, hours, projects)
            if submitted
            else TimeRecorded(worker_id, worker, week, entries, hours),
            legal_entity_id,
            effective_on,
        )
        for timesheet_id, legal_entity_id, worker_id, worker, week, entries, hours, projects, effective_on in rows
    )
