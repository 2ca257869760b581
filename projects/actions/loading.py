"""Take the milestones of a contract's terms into its projects. Steps; they need an open transaction."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import connection

from core.events import Happening, record_all
from projects.events import MilestonePlanned, MilestoneRescheduled


def load_milestones(contract_id: uuid.UUID) -> int:
    """Plan every milestone of the newest approved terms that no project has yet; return how many.

    A line goes to the project, active or being set up, whose tasks are billed by it, else to the oldest one
    that no task ties to another line. Nothing happens twice. Records milestone.planned for each.
    """
    rows = _rows(_LOAD, contract_id)
    record_all(
        Happening(
            "projects.milestone",
            pk,
            MilestonePlanned(code, pk, project_id, contract_id, line_key, term_key),
            entity_id,
            due_on,
        )
        for pk, code, project_id, line_key, term_key, entity_id, due_on in rows
    )
    return len(rows)


def reschedule_milestones(contract_id: uuid.UUID) -> int:
    """Give milestones that are not signed off the day their newest terms name; return how many moved.

    Records milestone.rescheduled for each.
    """
    rows = _rows(_RESCHEDULE, contract_id)
    record_all(
        Happening(
            "projects.milestone",
            pk,
            MilestoneRescheduled(code, pk, project_id, contract_id, due_on),
            entity_id,
            due_on,
        )
        for pk, code, project_id, entity_id, due_on in rows
    )
    return len(rows)


def _rows(statement: str, contract_id: uuid.UUID) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"contract": contract_id})
        return list(cursor.fetchall())


_NEWEST = """
newest AS (
  SELECT l.key AS line_key, t.*
  FROM contracts_milestoneterm t JOIN contracts_contractline l ON l.id = t.line_id
  WHERE l.contract_version_id = (
    SELECT id FROM contracts_contractversion WHERE contract_id = %(contract)s AND status = 'approved'
    ORDER BY number DESC LIMIT 1)
)"""

_LOAD = f"""
WITH {_NEWEST}, missing AS (
  SELECT n.*, (
    SELECT p.id FROM projects_project p
    WHERE p.contract_id = %(contract)s AND p.status IN ('active', 'provisioning')
    ORDER BY EXISTS (SELECT FROM projects_task t
                     WHERE t.project_id = p.id AND t.contract_line_key = n.line_key) DESC,
             EXISTS (SELECT FROM projects_task t
                     WHERE t.project_id = p.id AND t.contract_line_key <> ''), p.created_at, p.id
    LIMIT 1) AS project_id
  FROM newest n
  WHERE NOT EXISTS (
    SELECT FROM projects_milestone m
    WHERE m.contract_id = %(contract)s AND (m.contract_line_key, m.term_key) = (n.line_key, n.key))
), planned AS (
  INSERT INTO projects_milestone
    (code, contract_id, project_id, contract_line_key, term_key, due_on, percent_complete, status)
  SELECT 'MS-' || nextval('projects_milestone_number'), %(contract)s, project_id, line_key, key, due_on, 0,
         'planned'
  FROM (SELECT * FROM missing WHERE project_id IS NOT NULL ORDER BY line_key, position, key) ordered
  ON CONFLICT (contract_id, contract_line_key, term_key) DO NOTHING
  RETURNING id, code, project_id, contract_line_key, term_key, due_on
)
SELECT d.id, d.code, d.project_id, d.contract_line_key, d.term_key, p.legal_entity_id, d.due_on
FROM planned d JOIN projects_project p ON p.id = d.project_id ORDER BY d.code
"""

_RESCHEDULE = f"""
WITH {_NEWEST}, moved AS (
  UPDATE projects_milestone m SET due_on = n.due_on
  FROM newest n
  WHERE m.contract_id = %(contract)s AND (m.contract_line_key, m.term_key) = (n.line_key, n.key)
    AND m.status <> 'signed_off' AND m.due_on IS DISTINCT FROM n.due_on
  RETURNING m.id, m.code, m.project_id, m.due_on
)
SELECT d.id, d.code, d.project_id, p.legal_entity_id, d.due_on
FROM moved d JOIN projects_project p ON p.id = d.project_id ORDER BY d.code
"""
