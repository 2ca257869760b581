"""Hold a leased delivery and write down how a try ended. Steps: they need an open transaction."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from integrations.events import AboutDelivery
from integrations.models import Delivery, DeliveryAttempt
from integrations.states import DELIVERY, DeliveryState


@dataclass(frozen=True)
class Attempt:
    """One try of a worker that holds the lease of `epoch`: what it did, from when, for how long."""

    epoch: int
    action: str
    started_at: datetime
    milliseconds: int


def held(delivery_id: uuid.UUID, epoch: int) -> Delivery | None:
    """Lock the delivery if the lease of this epoch still holds it; a late worker gets nothing."""
    return (
        Delivery.objects.select_for_update(no_key=True, of=("self",))
        .select_related("system")
        .filter(pk=delivery_id, epoch=epoch, state=DeliveryState.LEASED)
        .first()
    )


def settle(delivery: Delivery, state: DeliveryState, attempt: Attempt, **values: object) -> Delivery:
    """Move a held delivery to its next state, give up the lease and log the attempt."""
    DELIVERY.check(delivery.state, state, label=str(delivery))
    changed = {
        "state": state,
        "attempts": delivery.attempts + 1,
        "lease_owner": "",
        "lease_until": None,
        **values,
    }
    Delivery.objects.filter(pk=delivery.pk).update(**changed)
    for name, value in changed.items():
        setattr(delivery, name, value)
    DeliveryAttempt.objects.create(
        delivery=delivery,
        epoch=attempt.epoch,
        action=attempt.action,
        started_at=attempt.started_at,
        milliseconds=attempt.milliseconds,
        outcome=str(values.get("error_class") or state)[:20],
        detail=str(values.get("error") or ""),
    )
    return delivery


def about(delivery: Delivery) -> dict[str, Any]:
    """Return what every event of a delivery says first."""
    return vars(
        AboutDelivery(
            system=delivery.system.code,
            operation=delivery.operation,
            operation_id=delivery.operation_id,
            object_type=delivery.aggregate_type,
            object_id=delivery.aggregate_id,
            label=delivery.aggregate_label,
        )
    )
