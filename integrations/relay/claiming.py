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
from integrations.states import DeliveryState

BATCH = 10
RELAY = Actor.system("relay")
_WAITING = (DeliveryState.PENDING, DeliveryState.RETRY, DeliveryState.UNKNOWN)


def admitted(system_id: uuid.UUID, *, now: datetime) -> int:
    """Return how many messages the system may get now: none, a batch, or one that probes it.

    After failures in a row exactly one worker probes: it moves the pause on by a lease before it calls.
    """
    if is_paused(system_id, now=now):
        return 0
    probing = System.objects.filter(pk=system_id, consecutive_failures__gte=BREAKER_AFTER)
    if not probing.exists():
        return BATCH
    if not Delivery.objects.filter(system=system_id, state__in=_WAITING, available_at__lte=now).exists():
        return 0
    with acting(RELAY, "probe after failures"):
        free = Q(paused_until=None) | Q(paused_until__lte=now)
        return int(probing.filter(free, paused_by="").update(paused_until=now + LEASE))


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
    found = Delivery.objects.select_related("system").filter(pk__in=epochs).order_by("available_at", "pk")
    # A worker that slept between claim and read must not take the next holder's epoch for its own.
    return [delivery for delivery in found if delivery.epoch == epochs[delivery.pk]]


def mark_sent(delivery: Delivery, *, now: datetime) -> bool:
    """Commit that the document may exist there from now on, and renew the lease; False when it was lost."""
    held = Delivery.objects.filter(
        pk=delivery.pk, epoch=delivery.epoch, state=DeliveryState.LEASED, lease_until__gt=now
    )
    return bool(held.update(sent=True, sent_at=now, lease_until=now + LEASE))


def give_back(deliveries: Sequence[Delivery]) -> None:
    """Return messages that were claimed but not tried; those in doubt stay in doubt."""
    for delivery in deliveries:
        held = Delivery.objects.filter(pk=delivery.pk, epoch=delivery.epoch, state=DeliveryState.LEASED)
        state = DeliveryState.UNKNOWN if delivery.sent else DeliveryState.RETRY
        held.update(state=state, lease_owner="", lease_until=None)


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
