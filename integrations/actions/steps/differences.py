"""Exceptions about differences between our documents and theirs. Steps: they need an open transaction."""

from datetime import date
from decimal import Decimal

from core.actors import Actor
from core.exceptions import Cause, open_exception
from integrations.adapters import TheirDocument
from integrations.models import Delivery


def cause_key(system: str, month: date, key: str) -> str:
    """Return the key under which a difference of a month is known, whoever finds it first."""
    return f"break:{system}:{month:%Y-%m}:{key}"


def open_amount_difference(delivery: Delivery, document: TheirDocument, *, actor: Actor) -> None:
    """Open an exception where the system holds other amounts than were sent.

    It carries the key of the break that the next reconciliation finds, so that it is not doubled.
    """
    sent = {name: Decimal(str(delivery.payload[name])) for name in ("net", "tax", "gross")}
    theirs = {"net": document.net, "tax": document.tax, "gross": document.gross}
    if sent == theirs and delivery.payload["currency"] == document.currency:
        return
    label = delivery.aggregate_label
    title = f"{label} is {document.gross} {document.currency} in {delivery.system}, {sent['gross']} was sent"
    open_exception(
        Cause(
            code="break_open",
            key=cause_key(delivery.system.code, document.document_date.replace(day=1), label),
            title=title[:200],
            object_type=delivery.aggregate_type,
            object_id=delivery.aggregate_id,
            object_label=label,
            legal_entity_id=delivery.legal_entity_id,
            flow="reconciliation",
            money_at_risk=abs(sent["net"] - document.net) or abs(sent["gross"] - document.gross),
            currency=str(delivery.payload["currency"]),
            evidence={
                "erp_number": document.number,
                "sent": str(sent["gross"]),
                "posted": str(document.gross),
            },
        ),
        actor=actor,
    )
