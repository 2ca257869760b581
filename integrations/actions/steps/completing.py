"""Complete many held deliveries at once. Steps: they need an open transaction and open none themselves."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from core.events import Happening
from integrations.actions.steps.attempts import Attempt, about
from integrations.adapters import TheirDocument
from integrations.events import DeliverySucceeded
from integrations.models import Delivery, DeliveryAttempt


@dataclass(frozen=True)
class Completion:
    """A delivery whose document the system holds; `adopted` when it was found rather than just created."""

    delivery: Delivery
    attempt: Attempt
    document: TheirDocument
    adopted: bool


def complete(completions: Sequence[Completion], *, now: datetime) -> list[Completion]:
    """Move the deliveries that the leases of these epochs still hold to delivered; return those, in order."""
    rows = [
        {"id": each.delivery.pk, "epoch": each.attempt.epoch, "result": as_result(each.document)}
        for each in completions
    ]
    with connection.cursor() as cursor:
        cursor.execute(_COMPLETE, {"rows": json.dumps(rows, default=str), "now": now})
        done = {row[0] for row in cursor.fetchall()}
    return [each for each in completions if each.delivery.pk in done]


def log_completions(completions: Sequence[Completion]) -> None:
    """Log the tries that ended well."""
    DeliveryAttempt.objects.bulk_create(
        DeliveryAttempt(
            delivery=each.delivery,
            epoch=each.attempt.epoch,
            action=each.attempt.action,
            started_at=each.attempt.started_at,
            milliseconds=each.attempt.milliseconds,
            outcome="delivered",
        )
        for each in completions
    )


def succeeded(completion: Completion) -> Happening:
    """Return the event delivery.succeeded, under the message's own correlation id."""
    delivery, document = completion.delivery, completion.document
    payload = DeliverySucceeded(
        **about(delivery),
        number=document.number,
        document_date=document.document_date,
        currency=document.currency,
        net=document.net,
        tax=document.tax,
        gross=document.gross,
        adopted=completion.adopted,
    )
    return Happening(
        delivery._meta.label_lower,
        delivery.pk,
        payload,
        delivery.legal_entity_id,
        correlation_id=delivery.correlation_id,
    )


def as_result(document: TheirDocument) -> dict[str, str]:
    """Return what is kept of the system's document beside the delivery; amounts as text."""
    return {
        "number": document.number,
        "state": document.state,
        "document_date": document.document_date.isoformat(),
        "currency": document.currency,
        "net": f"{document.net:f}",
        "tax": f"{document.tax:f}",
        "gross": f"{document.gross:f}",
    }


# Locked by id: see integrations.relay.claiming. A late worker's epoch matches nothing.
_COMPLETE = """
WITH held AS (
  SELECT d.id, given.result
  FROM integrations_delivery d
  JOIN jsonb_to_recordset(%(rows)s::jsonb) AS given(id uuid, epoch int, result jsonb)
    ON given.id = d.id AND given.epoch = d.epoch
  WHERE d.state = 'leased'
  ORDER BY d.id
  FOR NO KEY UPDATE OF d
)
UPDATE integrations_delivery d
SET state = 'delivered', attempts = d.attempts + 1, sent = true, unknown_since = NULL, lease_owner = '',
    lease_until = NULL, error_class = '', error = '', finished_at = %(now)s, result = held.result
FROM held WHERE held.id = d.id
RETURNING d.id
"""
