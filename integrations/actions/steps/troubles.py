"""Exceptions about deliveries. Steps: they need an open transaction and open none themselves."""

import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from core.actors import Actor
from core.exceptions import OPEN_STATES, Cause, close_exceptions, open_exception
from core.models import ExceptionItem
from integrations.models import Delivery

_TECHNICAL = frozenset({"delivery_dead", "outcome_unknown"})
_TEAMS = {
    "customer_incomplete": "data_steward",
    "tax_code_unknown": "data_steward",
    "period_closed": "finance",
}


def open_trouble(
    delivery: Delivery, code: str, title: str, *, actor: Actor, evidence: dict[str, Any] | None = None
) -> ExceptionItem:
    """Open or refresh the exception of a delivery under this code; every other one of it is closed."""
    key = _key(delivery, code)
    close_troubles(delivery, actor=actor, resolution="It failed for another reason.", keep=key)
    technical = code in _TECHNICAL
    contract = delivery.payload.get("contract_id")
    return open_exception(
        Cause(
            code=code,
            key=key,
            title=title[:200],
            object_type=delivery.aggregate_type,
            object_id=delivery.aggregate_id,
            kind="technical" if technical else "business",
            object_label=delivery.aggregate_label,
            subject_label=str(delivery.payload.get("customer_name") or ""),
            contract_id=uuid.UUID(contract) if contract else None,
            legal_entity_id=delivery.legal_entity_id,
            flow="invoice_delivery",
            team=_TEAMS.get(code, "integration_support" if technical else "finance"),
            money_at_risk=abs(Decimal(str(delivery.payload["net"]))),
            currency=str(delivery.payload["currency"]),
            evidence={
                "delivery_id": str(delivery.pk),
                "system": delivery.system.name,
                "operation_id": str(delivery.operation_id),
                "billing_account_id": str(delivery.payload.get("billing_account_id", "")),
                "error": delivery.error,
                **(evidence or {}),
            },
        ),
        actor=actor,
    )


def close_troubles(delivery: Delivery, *, actor: Actor, resolution: str, keep: str = "") -> None:
    """Close the open exceptions of a delivery, except the one with the key to keep."""
    keys = ExceptionItem.objects.filter(cause_key__startswith=_key(delivery, ""), state__in=OPEN_STATES)
    close_exceptions(
        keys.exclude(cause_key=keep).values_list("cause_key", flat=True), actor=actor, resolution=resolution
    )


def close_troubles_of(resolutions: Mapping[Delivery, str], *, actor: Actor) -> None:
    """Close the open exceptions of many deliveries, each with its own resolution."""
    keys = ExceptionItem.objects.filter(
        object_id__in=[delivery.aggregate_id for delivery in resolutions],
        cause_key__startswith="delivery:",
        state__in=OPEN_STATES,
    ).values_list("cause_key", flat=True)
    troubled = set(keys)
    for delivery, resolution in resolutions.items():
        if any(key.startswith(_key(delivery, "")) for key in troubled):
            close_troubles(delivery, actor=actor, resolution=resolution)


def _key(delivery: Delivery, code: str) -> str:
    return f"delivery:{delivery.pk}:{code}"
