"""Messages to other systems as people and events see them: queue, replay, give up."""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from billing.models import Proposal
from core.actors import Actor
from core.correlation import correlation_id
from core.errors import Invalid, NotFound
from core.events import record
from core.exceptions import Cause, close_exceptions, open_exception
from core.observing.tracing import traceparent
from core.reactions import wake
from core.verbs import verb
from integrations.actions.steps.attempts import about
from integrations.actions.steps.troubles import close_troubles, open_trouble
from integrations.events import DeliveryQueued, DeliveryReplayed, DeliveryWaived
from integrations.models import Delivery, Route
from integrations.policies import require_delivery_work, require_nothing_there, require_replayable
from integrations.queries.documents import canonical_document, sealed
from integrations.states import DELIVERY, AdapterClass, DeliveryState

PROPOSAL = "billing.proposal"
CREATE = "post_document"
WAKE = "integrations.tasks.deliver_due"
DOUBT_LIMIT = timedelta(hours=8)
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:tieout:operations")


class ReasonMissing(Invalid):
    """A person must say why."""

    code = "reason_missing"


def operation_id(
    system: str, document_type: str, object_id: uuid.UUID, action: str, revision: int
) -> uuid.UUID:
    """Return the one name of an operation, in every try and for the target itself."""
    return uuid.uuid5(_NAMESPACE, f"{system}:{document_type}:{object_id}:{action}:{revision}")


@verb
def queue_document(
    proposal_id: uuid.UUID, *, revision: int, causation_id: uuid.UUID | None = None, actor: Actor
) -> Delivery | None:
    """Write the message that has a released proposal posted by the system its route names.

    The payload is frozen and sealed here. Without a route an exception mapping_missing is opened and None
    returned; asking again for the same revision returns the message there is. An earlier revision that was
    refused is superseded. Records delivery.queued.
    """
    proposal = (
        Proposal.objects.select_for_update(no_key=True, of=("self",))
        .select_related("legal_entity", "billing_account", "credits")
        .get(pk=proposal_id)
    )
    route = (
        Route.objects.select_related("system")
        .filter(object_type="invoice", legal_entity=proposal.legal_entity_id)
        .first()
    )
    if route is None:
        open_exception(_no_route(proposal), actor=actor)
        return None
    close_exceptions([_no_route(proposal).key], actor=actor, resolution=f"Routed to {route.system}.")
    operation = operation_id(route.system.code, proposal.kind, proposal.pk, CREATE, revision)
    known = Delivery.objects.filter(system=route.system, operation_id=operation).first()
    if known:
        return known
    delivery = _write(proposal, route, operation, causation_id)
    queued = DeliveryQueued(**about(delivery), payload_sha256=delivery.payload_sha256)
    record(delivery, queued, legal_entity_id=delivery.legal_entity_id)
    transaction.on_commit(lambda: wake(WAKE))
    return delivery


def _write(
    proposal: Proposal, route: Route, operation: uuid.UUID, causation_id: uuid.UUID | None
) -> Delivery:
    """Write the next message about the proposal; earlier ones that were refused are superseded."""
    payload = {**canonical_document(proposal), "company": route.company_code}
    siblings = Delivery.objects.filter(system=route.system, aggregate_type=PROPOSAL, aggregate_id=proposal.pk)
    refused = siblings.filter(state__in=(DeliveryState.REJECTED, DeliveryState.DEAD))
    refused.update(state=DeliveryState.SUPERSEDED, finished_at=timezone.now())
    return Delivery.objects.create(
        system=route.system,
        legal_entity=proposal.legal_entity,
        aggregate_type=PROPOSAL,
        aggregate_id=proposal.pk,
        aggregate_label=proposal.number,
        delivery_seq=(siblings.aggregate(last=Max("delivery_seq"))["last"] or 0) + 1,
        operation=CREATE,
        operation_id=operation,
        payload=payload,
        payload_sha256=sealed(payload),
        available_at=timezone.now(),
        correlation_id=correlation_id(),
        traceparent=traceparent(),
        causation_id=causation_id,
    )


@verb
def replay_delivery(
    delivery_ids: Collection[uuid.UUID], *, actor: Actor, reason: str, nothing_arrived: bool = False
) -> list[Delivery]:
    """Have messages tried again now, as often as wanted: what the system holds already is found, not doubled.

    A delivered message stays as it is. For a system that cannot be searched, `nothing_arrived` is the
    person's word that the document is not there. Records delivery.replayed for each.
    """
    if not reason.strip():
        raise ReasonMissing("Say why the message is sent again.", field="reason")
    deliveries = _locked(delivery_ids)
    for delivery in deliveries:
        require_delivery_work(actor, delivery)
        require_replayable(delivery)
    for delivery in deliveries:
        previous = delivery.state
        _make_due(delivery, nothing_arrived=nothing_arrived)
        record(
            delivery,
            DeliveryReplayed(**about(delivery), previous_state=previous),
            legal_entity_id=delivery.legal_entity_id,
        )
    transaction.on_commit(lambda: wake(WAKE))
    return deliveries


@verb
def waive_delivery(delivery_id: uuid.UUID, *, actor: Actor, reason: str) -> Delivery:
    """Give a message up; the document goes back to billing as a draft. Records delivery.waived.

    Refused once the system is known to hold the document; the waiving person vouches that it does not.
    """
    if not reason.strip():
        raise ReasonMissing("Say why the message is given up.", field="reason")
    delivery = _locked([delivery_id])[0]
    require_delivery_work(actor, delivery)
    if delivery.state == DeliveryState.WAIVED:
        return delivery
    require_nothing_there(delivery)
    DELIVERY.check(delivery.state, DeliveryState.WAIVED, label=str(delivery))
    previous, delivery.state, delivery.finished_at = delivery.state, DeliveryState.WAIVED, timezone.now()
    delivery.save(update_fields=["state", "finished_at"])
    close_troubles(delivery, actor=actor, resolution=f"Given up: {reason}")
    record(
        delivery,
        DeliveryWaived(**about(delivery), previous_state=previous),
        legal_entity_id=delivery.legal_entity_id,
    )
    return delivery


@verb
def alarm_old_doubts(*, now: datetime, actor: Actor) -> int:
    """Open outcome_unknown for messages in doubt for eight hours, whatever kept the relay from looking."""
    doubtful = Delivery.objects.select_related("system").filter(
        state=DeliveryState.UNKNOWN, unknown_since__lte=now - DOUBT_LIMIT
    )
    for delivery in doubtful:
        title = f"Nobody knows whether {delivery.aggregate_label} reached {delivery.system}"
        open_trouble(delivery, "outcome_unknown", title, actor=actor)
    return len(doubtful)


def _make_due(delivery: Delivery, *, nothing_arrived: bool) -> None:
    """Let the relay take the message now; where it may exist there, the relay looks for it first."""
    if delivery.state in {DeliveryState.REJECTED, DeliveryState.DEAD}:
        delivery.state = DeliveryState.PENDING
        delivery.retry_seconds = 0
    elif delivery.state not in {DeliveryState.PENDING, DeliveryState.RETRY, DeliveryState.UNKNOWN}:
        return
    if nothing_arrived and delivery.system.adapter_class == AdapterClass.NOTHING:
        delivery.sent = False
        delivery.unknown_since = None
    delivery.available_at = timezone.now()
    delivery.save(update_fields=["state", "retry_seconds", "sent", "unknown_since", "available_at"])


def _locked(delivery_ids: Collection[uuid.UUID]) -> list[Delivery]:
    found = list(
        Delivery.objects.select_for_update(no_key=True, of=("self",))
        .select_related("system")
        .filter(pk__in=delivery_ids)
        .order_by("pk")
    )
    if not found or len(found) != len(set(delivery_ids)):
        raise NotFound("No such delivery.")
    return found


def _no_route(proposal: Proposal) -> Cause:
    return Cause(
        code="mapping_missing",
        key=f"mapping_missing:route:{proposal.pk}",
        title=f"No system is named for invoices of {proposal.legal_entity}",
        object_type=PROPOSAL,
        object_id=proposal.pk,
        object_label=proposal.number,
        subject_label=proposal.billing_account.name,
        contract_id=proposal.contract_id,
        legal_entity_id=proposal.legal_entity_id,
        flow="invoice_delivery",
        team="data_steward",
        money_at_risk=abs(proposal.net),
        currency=proposal.currency,
        evidence={"legal_entity": proposal.legal_entity.code},
    )
