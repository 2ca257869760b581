"""What a call to another system came to. Fenced: a worker whose lease was taken over changes nothing."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from core.actors import Actor
from core.events import record, record_all
from core.verbs import verb
from integrations.actions.steps.attempts import Attempt, about, held, settle
from integrations.actions.steps.completing import (
    Completion,
    as_result,
    complete,
    log_completions,
    succeeded,
)
from integrations.actions.steps.differences import open_amount_difference
from integrations.actions.steps.references import link_all
from integrations.actions.steps.troubles import close_troubles, close_troubles_of, open_trouble
from integrations.adapters import Rejected, TheirDocument
from integrations.events import DeliveryDead, DeliveryRejected
from integrations.models import Delivery
from integrations.policies import hands_back
from integrations.states import DeliveryState


@verb
def complete_deliveries(completions: Sequence[Completion], *, actor: Actor) -> list[Delivery]:
    """Note that the system holds the documents; return the deliveries whose leases still held.

    Deliveries, external references and the events delivery.succeeded commit together; billing learns of the
    postings by reacting to those, which is owed in the database and survives a crash in between.
    Amounts that differ from what was sent open an exception. A delivery whose lease was lost stays as it is.
    """
    done = complete(completions, now=timezone.now())
    log_completions(done)
    link_all([(each.delivery, each.document.number) for each in done])
    close_troubles_of({each.delivery: f"Posted as {each.document.number}." for each in done}, actor=actor)
    for each in done:
        open_amount_difference(each.delivery, each.document, actor=actor)
    record_all(succeeded(each) for each in done)
    return [each.delivery for each in done]


@verb
def reject_delivery(
    delivery_id: uuid.UUID,
    *,
    attempt: Attempt,
    refusal: Rejected,
    document: TheirDocument | None = None,
    may_exist: bool = False,
    actor: Actor,
) -> Delivery | None:
    """Note a business refusal with its reason in words; it is never retried by itself.

    Refusals about the other side (customer, period, set-up) open an exception here and wait for a replay;
    the others hand the document back, and billing opens the exception. `document` is the draft that
    exists there although posting it was refused.
    """
    delivery = held(delivery_id, attempt.epoch)
    if delivery is None:
        return None
    settle(
        delivery,
        DeliveryState.REJECTED,
        attempt,
        sent=may_exist or document is not None,
        error_class=refusal.code[:40],
        error=refusal.sentence,
        result=as_result(document) if document else {},
    )
    returned = document is None and hands_back(refusal.code)
    if returned:
        close_troubles(delivery, actor=actor, resolution="The document went back to billing.")
    else:
        open_trouble(delivery, refusal.code, refusal.sentence, actor=actor, evidence={"field": refusal.field})
    record(
        delivery,
        DeliveryRejected(
            **about(delivery),
            code=refusal.code,
            sentence=refusal.sentence,
            field=refusal.field,
            returned=returned,
        ),
        legal_entity_id=delivery.legal_entity_id,
    )
    return delivery


@verb
def postpone_delivery(
    delivery_id: uuid.UUID,
    *,
    attempt: Attempt,
    error: Exception,
    until: datetime,
    waited: int = 0,
    may_exist: bool = False,
    actor: Actor,
) -> Delivery | None:
    """Note a try that sent nothing, and when the next one is due; `waited` seconds count as retrying."""
    delivery = held(delivery_id, attempt.epoch)
    if delivery is None:
        return None
    return settle(
        delivery,
        DeliveryState.RETRY,
        attempt,
        sent=may_exist,
        available_at=until,
        retry_seconds=delivery.retry_seconds + waited,
        error_class=type(error).__name__,
        error=str(error)[:2000],
    )


@verb
def bury_delivery(
    delivery_id: uuid.UUID, *, attempt: Attempt, error: Exception, may_exist: bool = False, actor: Actor
) -> Delivery | None:
    """Note that retrying was of no use for 48 hours; a person has to look."""
    delivery = held(delivery_id, attempt.epoch)
    if delivery is None:
        return None
    settle(
        delivery,
        DeliveryState.DEAD,
        attempt,
        sent=may_exist,
        error_class=type(error).__name__,
        error=str(error)[:2000],
    )
    title = f"{delivery.aggregate_label} could not be sent to {delivery.system} for 48 hours"
    open_trouble(delivery, "delivery_dead", title, actor=actor)
    record(
        delivery,
        DeliveryDead(**about(delivery), error=delivery.error),
        legal_entity_id=delivery.legal_entity_id,
    )
    return delivery


@verb
def doubt_delivery(
    delivery_id: uuid.UUID,
    *,
    attempt: Attempt,
    error: str,
    until: datetime,
    looked: bool,
    for_a_person: bool,
    actor: Actor,
) -> Delivery | None:
    """Note that nobody knows whether the document exists there, and when to look (again).

    `for_a_person` opens the exception outcome_unknown: the schedule of finds is used up, or the system
    cannot be searched at all.
    """
    delivery = held(delivery_id, attempt.epoch)
    if delivery is None:
        return None
    settle(
        delivery,
        DeliveryState.UNKNOWN,
        attempt,
        available_at=until,
        unknown_since=delivery.unknown_since or attempt.started_at,
        finds=delivery.finds + int(looked),
        error_class="OutcomeUnknown",
        error=error[:2000],
    )
    if for_a_person:
        title = f"Nobody knows whether {delivery.aggregate_label} reached {delivery.system}"
        open_trouble(delivery, "outcome_unknown", title, actor=actor)
    return delivery
