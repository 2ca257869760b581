"""Take messages out of the queue: in order per aggregate, each by one worker, for the time of a lease."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from core.actors import Actor
from core.verbs import acting
from integrations.models import Delivery, System
from integrations.relay.backoff import BREAKER_AFTER, LEASE
from integrations.states import AdapterClass, DeliveryState

BATCH = 10
ROUNDS = 4
RELAY = Actor.system("relay")
_WAITING = (DeliveryState.PENDING, DeliveryState.RETRY, DeliveryState.UNKNOWN)


def admitted(system_id: uuid.UUID, *, now: datetime) -> int:
    """Return how many messages the system may get now: none, a wave, or one to probe it.

    After failures in a row exactly one worker probes: it moves the pause on by a lease before it calls.
    """
    system = System.objects.get(pk=system_id)
    if system.paused_by or (system.paused_until and system.paused_until > now):
        return 0
    if system.consecutive_failures < BREAKER_AFTER:
        return wave_of(system)
    if not Delivery.objects.filter(system=system_id, state__in=_WAITING, available_at__lte=now).exists():
        return 0
    with acting(RELAY, "probe after failures"):
        free = Q(paused_until=None) | Q(paused_until__lte=now)
        probing = System.objects.filter(
            free, pk=system_id, paused_by="", consecutive_failures__gte=BREAKER_AFTER
        )
        return probing.update(paused_until=now + LEASE)


def wave_of(system: System) -> int:
    """Return how many messages are claimed together: several rounds of what the system takes at once.

    One at a time means just that. What dies with its worker is in doubt; where a person has to settle each
    doubt, no more are claimed than are sent at once.
    """
    alone = system.concurrency == 1 or system.adapter_class == AdapterClass.NOTHING
    return system.concurrency * (1 if alone else ROUNDS)


def is_paused(system_id: uuid.UUID, *, now: datetime) -> bool:
    """Say whether nothing may be sent to the system now, by a person's or the relay's decision."""
    return System.objects.filter(~Q(paused_by="") | Q(paused_until__gt=now), pk=system_id).exists()


def claim(system_id: uuid.UUID, *, worker: str, now: datetime, limit: int = BATCH) -> list[Delivery]:
    """Lease due messages that are first in line for their aggregate; committed before anything is called."""
    values: dict[str, Any] = {
        "system": system_id,
        "worker": worker,
        "now": now,
        "until": now + LEASE,
        "limit": limit,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CLAIM, values)
        epochs = dict(cursor.fetchall())
    found = Delivery.objects.filter(pk__in=epochs).order_by("available_at", "pk").prefetch_related("system")
    # A worker that slept between claim and read must not take the next holder's epoch for its own.
    return [delivery for delivery in found if delivery.epoch == epochs[delivery.pk]]


def mark_sent(deliveries: Sequence[Delivery], *, now: datetime) -> set[uuid.UUID]:
    """Commit that the documents may exist there from now on, and renew the leases; return those held."""
    return _fenced(_MARK, deliveries, now=now, until=now + LEASE)


def give_back(deliveries: Sequence[Delivery]) -> None:
    """Return messages that were claimed but not tried; those in doubt stay in doubt."""
    _fenced(_GIVE_BACK, deliveries)


def _fenced(statement: str, deliveries: Sequence[Delivery], **values: datetime) -> set[uuid.UUID]:
    """Run a statement over the deliveries that the leases of these epochs still hold; return which."""
    ids, epochs = [each.pk for each in deliveries], [each.epoch for each in deliveries]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_HELD + statement, {"ids": ids, "epochs": epochs, **values})
        return {row[0] for row in cursor.fetchall()}


def release_expired(*, now: datetime) -> int:
    """Take back leases whose worker vanished: to find where it may have sent, else to try again."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_EXPIRE, {"now": now})
        return int(cursor.rowcount)


_CLAIM = """
WITH due AS (
  SELECT d.id
  FROM integrations_delivery d
  WHERE d.system_id = %(system)s AND d.state IN ('pending', 'retry', 'unknown') AND d.available_at <= %(now)s
    AND NOT EXISTS (
      SELECT FROM integrations_delivery earlier
      WHERE earlier.system_id = d.system_id AND earlier.aggregate_type = d.aggregate_type
        AND earlier.aggregate_id = d.aggregate_id AND earlier.delivery_seq < d.delivery_seq
        AND earlier.state NOT IN ('delivered', 'superseded', 'waived'))
  ORDER BY d.available_at, d.id
  LIMIT %(limit)s
  FOR UPDATE OF d SKIP LOCKED
)
UPDATE integrations_delivery d
SET state = 'leased', lease_owner = %(worker)s, lease_until = %(until)s, epoch = d.epoch + 1
FROM due WHERE due.id = d.id
RETURNING d.id, d.epoch
"""

# Rows are locked by id, so that a worker woken late and its heir cannot wait for each other.
_HELD = """
WITH held AS (
  SELECT d.id, d.lease_until
  FROM integrations_delivery d
  JOIN unnest(%(ids)s::uuid[], %(epochs)s::int[]) AS given(id, epoch)
    ON given.id = d.id AND given.epoch = d.epoch
  WHERE d.state = 'leased'
  ORDER BY d.id
  FOR NO KEY UPDATE OF d
)
"""
_MARK = """
UPDATE integrations_delivery d SET sent = true, sent_at = %(now)s, lease_until = %(until)s
FROM held WHERE held.id = d.id AND held.lease_until > %(now)s
RETURNING d.id
"""
_GIVE_BACK = """
UPDATE integrations_delivery d
SET state = CASE WHEN d.sent THEN 'unknown' ELSE 'retry' END, lease_owner = '', lease_until = NULL
FROM held WHERE held.id = d.id
RETURNING d.id
"""

# An attempt row is written for the vanished worker, so that the log has no hole.
_EXPIRE = """
WITH vanished AS (
  SELECT id FROM integrations_delivery
  WHERE state = 'leased' AND lease_until <= %(now)s
  FOR UPDATE SKIP LOCKED
), released AS (
  UPDATE integrations_delivery d
  SET state = CASE WHEN d.sent THEN 'unknown' ELSE 'retry' END,
      unknown_since = CASE WHEN d.sent THEN coalesce(d.unknown_since, d.sent_at) END,
      attempts = d.attempts + 1, available_at = %(now)s, lease_owner = '', lease_until = NULL,
      error_class = 'lease_expired', error = 'The worker ' || d.lease_owner || ' did not come back.'
  FROM vanished v WHERE v.id = d.id
  RETURNING d.id, d.epoch, d.error
)
INSERT INTO integrations_deliveryattempt (delivery_id, epoch, action, started_at, outcome, detail)
SELECT id, epoch, 'lease', %(now)s, 'lease_expired', error FROM released
"""
