"""Take steps of processes out of the queue: when what they depend on is done, each by one worker by lease."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from integrations.models import ProcessStep
from integrations.relay.backoff import LEASE
from integrations.states import StepState

BATCH = 10


def claim_steps(*, worker: str, now: datetime, limit: int = BATCH) -> list[ProcessStep]:
    """Lease due steps of live processes whose system may be called; committed before anything is called."""
    values: dict[str, Any] = {"worker": worker, "now": now, "until": now + LEASE, "limit": limit}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CLAIM, values)
        epochs = dict(cursor.fetchall())
    found = ProcessStep.objects.select_related("process__legal_entity", "system").filter(pk__in=epochs)
    # A worker that slept between claim and read must not take the next holder's epoch for its own.
    return [step for step in found.order_by("available_at", "pk") if step.epoch == epochs[step.pk]]


def mark_called(step: ProcessStep, *, now: datetime) -> bool:
    """Commit that the system may act from now on, and renew the lease; False when it was lost."""
    held = ProcessStep.objects.filter(
        pk=step.pk, epoch=step.epoch, state=StepState.RUNNING, lease_until__gt=now
    )
    return bool(held.update(called=True, called_at=now, lease_until=now + LEASE))


def release_expired_steps(*, now: datetime) -> int:
    """Take back steps whose worker vanished; what may show up there late rests first."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_EXPIRE, {"now": now})
        return int(cursor.rowcount)


_CLAIM = """
WITH due AS (
  SELECT s.id
  FROM integrations_processstep s
  JOIN integrations_process p ON p.id = s.process_id AND p.state IN ('running', 'waiting')
  LEFT JOIN integrations_system y ON y.id = s.system_id
  WHERE s.state = 'pending' AND s.available_at <= %(now)s
    AND (y.id IS NULL OR y.paused_by = '' AND (y.paused_until IS NULL OR y.paused_until <= %(now)s))
    AND NOT EXISTS (
      SELECT FROM integrations_processstep earlier
      WHERE earlier.process_id = s.process_id AND earlier.key = ANY(s.depends_on) AND earlier.state <> 'done')
  ORDER BY s.available_at, s.id
  LIMIT %(limit)s
  FOR UPDATE OF s SKIP LOCKED
)
UPDATE integrations_processstep s
SET state = 'running', lease_owner = %(worker)s, lease_until = %(until)s, epoch = s.epoch + 1,
    started_at = coalesce(s.started_at, %(now)s)
FROM due WHERE due.id = s.id
RETURNING s.id, s.epoch
"""

# An attempt row is written for the vanished worker, so that the log has no hole.
_EXPIRE = """
WITH vanished AS (
  SELECT s.id, y.adapter_class, y.commit_delay_seconds
  FROM integrations_processstep s LEFT JOIN integrations_system y ON y.id = s.system_id
  WHERE s.state = 'running' AND s.lease_until <= %(now)s
  FOR UPDATE OF s SKIP LOCKED
), released AS (
  UPDATE integrations_processstep s
  SET state = 'pending', attempts = s.attempts + 1, lease_owner = '', lease_until = NULL,
      available_at = CASE WHEN s.called AND v.adapter_class = 'C'
        THEN greatest(%(now)s, s.called_at + make_interval(mins => 2, secs => v.commit_delay_seconds))
        ELSE %(now)s END,
      error_class = 'lease_expired', error = 'The worker ' || s.lease_owner || ' did not come back.'
  FROM vanished v WHERE v.id = s.id
  RETURNING s.id, s.epoch, s.error
)
INSERT INTO integrations_stepattempt (step_id, epoch, action, started_at, outcome, detail)
SELECT id, epoch, 'lease', %(now)s, 'lease_expired', error FROM released
"""
