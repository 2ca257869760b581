"""Record decisions: an Approval row and one event per slice, one event per group of corrections."""

import uuid
from collections.abc import Callable
from typing import Any

from core.events import Happening, record_all
from timesheets.actions.steps.deciding import rows
from timesheets.events import TimeApproved, TimeCorrected, TimeRejected


def note_approvals(decision: str, decided_by: uuid.UUID, comment: str) -> None:
    """Insert one Approval per slice of `time_deciding`."""
    rows(_APPROVALS, {"decision": decision, "user": decided_by, "comment": comment})


def record_approved() -> None:
    """Record time.approved for each slice of ordinary work that was approved."""
    record_all(_happening(found, TimeApproved) for found in rows(_SLICES, {"kind": "work"}))


def record_rejected(reason: str) -> None:
    """Record time.rejected for each slice that was sent back."""
    record_all(
        _happening({**found, "reason": reason}, TimeRejected) for found in rows(_SLICES, {"kind": None})
    )


def record_corrected() -> None:
    """Record time.corrected for the corrections of each week, by where the work stood."""
    record_all(_happening(found, TimeCorrected) for found in rows(_CORRECTIONS))


def _happening(found: dict[str, Any], payload: Callable[..., object]) -> Happening:
    timesheet_id, legal_entity_id = found.pop("timesheet_id"), found.pop("legal_entity_id")
    return Happening(
        "timesheets.timesheet", timesheet_id, payload(**found), legal_entity_id, found["first_on"]
    )


_SLICES = """
SELECT e.timesheet_id, p.legal_entity_id, w.id AS worker_id, w.code AS worker, t.week, count(*) AS entries,
       sum(e.hours) AS hours, p.contract_id, p.id AS project_id, p.code AS project,
       min(e.work_date) AS first_on, max(e.work_date) AS last_on
FROM time_deciding d
JOIN timesheets_timeentry e ON e.id = d.entry_id
JOIN timesheets_timesheet t ON t.id = e.timesheet_id
JOIN projects_project p ON p.id = e.project_id
JOIN projects_worker w ON w.id = e.worker_id
WHERE %(kind)s::text IS NULL OR e.kind = %(kind)s
GROUP BY e.timesheet_id, t.week, p.id, w.id
ORDER BY e.timesheet_id, p.code
"""
_APPROVALS = """
INSERT INTO timesheets_approval (worker_id, project_id, week, decision, decided_by_id, decided_at, comment,
                                 entries, hours)
SELECT e.worker_id, e.project_id, t.week, %(decision)s, %(user)s, now(), %(comment)s, count(*), sum(e.hours)
FROM time_deciding d
JOIN timesheets_timeentry e ON e.id = d.entry_id
JOIN timesheets_timesheet t ON t.id = e.timesheet_id
GROUP BY e.worker_id, e.project_id, t.week
"""
_CORRECTIONS = """
SELECT o.timesheet_id, p.legal_entity_id, w.id AS worker_id, w.code AS worker, p.contract_id,
       p.id AS project_id, array_agg(DISTINCT q.contract_id) AS contract_ids,
       array_agg(DISTINCT q.id) AS project_ids, array_agg(DISTINCT o.root_id) AS roots,
       -sum(e.hours) FILTER (WHERE e.kind = 'reversal') AS hours_before,
       coalesce(sum(e.hours) FILTER (WHERE e.kind = 'replacement'), 0) AS hours_after,
       least(min(o.work_date), min(e.work_date)) AS first_on,
       greatest(max(o.work_date), max(e.work_date)) AS last_on
FROM time_deciding d
JOIN timesheets_timeentry e ON e.id = d.entry_id
JOIN timesheets_timeentry o ON o.id = e.corrects_id
JOIN projects_project p ON p.id = o.project_id
JOIN projects_project q ON q.id = e.project_id
JOIN projects_worker w ON w.id = o.worker_id
GROUP BY o.timesheet_id, w.id, p.id
ORDER BY o.timesheet_id, p.code
"""
