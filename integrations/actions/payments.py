"""Payments another system reports, handed to billing or kept as exceptions."""

import uuid

from core.actors import Actor
from core.errors import Refusal
from core.exceptions import Cause, close_exceptions, open_exception
from core.verbs import verb
from integrations.adapters import TheirPayment
from integrations.models import System


@verb
def keep_unmatched_payment(
    system_id: uuid.UUID, *, payment: TheirPayment, proposal_id: uuid.UUID, refusal: Refusal, actor: Actor
) -> None:
    """Open an exception for a payment that billing does not take, with billing's sentence."""
    system = System.objects.get(pk=system_id)
    open_exception(
        Cause(
            code="payment_unmatched",
            key=_key(system, payment),
            title=f"Payment {payment.external_id} for {payment.document}: {refusal.sentence}"[:200],
            object_type="billing.proposal",
            object_id=proposal_id,
            object_label=payment.document,
            flow="payments",
            money_at_risk=payment.amount,
            currency=payment.currency,
            evidence={"payment": payment.external_id, "document": payment.document, "system": system.name},
        ),
        actor=actor,
    )


@verb
def settle_unmatched_payment(system_id: uuid.UUID, *, payment: TheirPayment, actor: Actor) -> None:
    """Close the exception of a payment that billing has taken by now."""
    system = System.objects.get(pk=system_id)
    close_exceptions([_key(system, payment)], actor=actor, resolution="The payment was recorded.")


def _key(system: System, payment: TheirPayment) -> str:
    return f"payment_unmatched:{system.code}:{payment.external_id}"
