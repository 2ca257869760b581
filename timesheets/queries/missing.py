"""Time that should be there and is not: employed, assigned, and fewer hours than the week's capacity."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from core.models import User
from timesheets.policies import reach

# Weeks that have begun within the span, per worker whose employment and assignment cover a working day.
_MISSING = """
WITH weeks AS (
  SELECT d::date AS week FROM generate_series(%(first)s::date, %(last)s::date, '7 days') d
), due AS (
  SELECT w.id, w.code, w.name, k.week, max(em.capacity_hours) AS capacity
  FROM weeks k
  JOIN projects_employment em ON em.valid && daterange(k.week, k.week + 5)
  JOIN projects_worker w ON w.id = em.worker_id
  WHERE (%(everything)s OR w.user_id = %(user)s::uuid OR em.legal_entity_id = ANY(%(entities)s::uuid[])
      OR EXISTS (SELECT FROM projects_assignment a JOIN projects_project p ON p.id = a.project_id
                 JOIN projects_worker m ON m.id = p.manager_id
                 WHERE a.worker_id = w.id AND a.valid && daterange(k.week, k.week + 5)
                   AND a.status IN ('confirmed', 'ended') AND m.user_id = %(user)s::uuid
                   AND (%(managed_everywhere)s OR p.legal_entity_id = ANY(%(managed_in)s::uuid[]))))
    AND EXISTS (SELECT FROM projects_assignment a WHERE a.worker_id = w.id
                AND a.status IN ('confirmed', 'ended') AND a.valid && daterange(k.week, k.week + 5))
  GROUP BY 1, 2, 3, 4
)
SELECT d.code, d.name, d.week, d.capacity, coalesce(sum(e.hours), 0),
       coalesce(sum(e.hours) FILTER (WHERE e.status IN ('draft', 'rejected')), 0)
FROM due d
LEFT JOIN timesheets_timesheet t ON t.worker_id = d.id AND t.week = d.week
LEFT JOIN timesheets_timeentry e ON e.timesheet_id = t.id AND (e.kind = 'work' OR e.status <> 'rejected')
GROUP BY 1, 2, 3, 4
HAVING coalesce(sum(e.hours), 0) < d.capacity
    OR count(*) FILTER (WHERE e.status IN ('draft', 'rejected')) > 0
ORDER BY d.week, d.name
"""


@dataclass(frozen=True)
class MissingWeek:
    """A worker's week with hours still to enter or to submit."""

    worker_code: str
    worker: str
    week: date
    capacity: Decimal
    recorded: Decimal
    unsubmitted: Decimal

    @property
    def missing(self) -> Decimal:
        """Return the hours that are not even entered."""
        return max(self.capacity - self.recorded, Decimal(0))


def missing_time(user: User, first: date, last: date) -> list[MissingWeek]:
    """Return the incomplete weeks (Mondays from `first` to `last`) of the people within reach."""
    seen = reach(user, "time.view")
    with connection.cursor() as cursor:
        cursor.execute(
            _MISSING,
            {
                "first": first,
                "last": last,
                "user": user.pk,
                "everything": seen.everything,
                "entities": list(seen.entities),
                "managed_everywhere": seen.managed_everywhere,
                "managed_in": list(seen.managed_in),
            },
        )
        return [MissingWeek(*row) for row in cursor.fetchall()]
