"""What integrations do when something happens: messages out, their outcomes back to billing, and processes.

Each handler runs in one transaction with the mark that it is done, so that a posting reaches billing
once however often a worker dies between the two.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from uuid import UUID

from billing.actions.posting import confirm_posting, return_refused
from billing.actions.steps.locking import lock_contracts
from billing.models import Proposal
from billing.queries.affected import contracts_of_proposals
from billing.states import NOT_SENT
from core.actors import Actor
from core.correlation import correlated
from core.errors import Refusal
from core.exceptions import Cause, open_exception
from core.models import Event
from core.reactions import reacts_to
from core.verbs import acting
from integrations.actions.deliveries import queue_document, replay_delivery
from integrations.actions.processes import begin_activation, retry_stopped_steps
from integrations.queries.deliveries import refused_over_customers
from integrations.queries.processes import live_processes_of, steps_that_may_go_on
from integrations.relay.compensation import give_up

RELAY = Actor.system("relay")
PROPOSAL = "billing.proposal"


@reacts_to("proposal.released")
def queue_released(events: list[Event]) -> None:
    """Write the message that has the document posted."""
    _lock_proposals({event.aggregate_id for event in events})
    for event in events:
        queue_document(
            event.aggregate_id, revision=event.payload["revision"], causation_id=event.id, actor=RELAY
        )


@reacts_to("delivery.succeeded")
def report_posting(events: list[Event]) -> None:
    """Tell billing the legal number and date."""
    for event in _locked_proposals_of(events):
        told = event.payload
        number, posted_on = told["number"], date.fromisoformat(told["document_date"])
        with _refusals_of_billing(event):
            confirm_posting(UUID(told["object_id"]), erp_number=number, posted_on=posted_on, actor=RELAY)


@reacts_to("delivery.rejected", "delivery.waived")
def hand_back(events: list[Event]) -> None:
    """Return documents that have to be changed, or were given up, to billing as drafts."""
    for event in _locked_proposals_of(events):
        told = event.payload
        if told.get("returned", event.type == "delivery.waived"):
            refusal = told.get("sentence")
            code = "erp_rejected" if refusal else "message_given_up"
            sentence, field = refusal or f"{NOT_SENT}{event.reason}", told.get("field", "")
            with _refusals_of_billing(event):
                return_refused(
                    UUID(told["object_id"]), code=code, sentence=sentence, field=field, actor=RELAY
                )


@reacts_to("contract.activated")
def begin_activations(events: list[Event]) -> None:
    """Lay out what has to be confirmed before delivery of the contracts opens."""
    lock_contracts([event.aggregate_id for event in events])
    for event in events:
        with correlated(event.correlation_id):
            begin_activation(event.aggregate_id, causation_id=event.id, actor=RELAY)


@reacts_to("billing_account.changed", "contract.resumed", "master_data.changed")
def retry_what_waited(events: list[Event]) -> None:
    """Have steps tried again whose cause may be gone with this change."""
    for event in events:
        if steps := steps_that_may_go_on(event):
            retry_stopped_steps(steps, actor=RELAY, reason=f"{event.type} may have settled it")


@reacts_to("billing_account.changed")
def send_again_what_was_incomplete(events: list[Event]) -> None:
    """Send the documents again that the ERP refused because the bill-to that changed was incomplete."""
    accounts = {event.aggregate_id for event in events}
    if deliveries := refused_over_customers(accounts):
        replay_delivery(deliveries, actor=RELAY, reason="The customer was completed")


@reacts_to("contract.terminated")
def give_up_activations(events: list[Event]) -> None:
    """Give up what was still to be set up for a contract that ended, and take back what never opened."""
    for event in events:
        for process in live_processes_of(event.aggregate_id):
            give_up(process.pk, reason="The contract was terminated.", actor=RELAY)


def _locked_proposals_of(events: list[Event]) -> list[Event]:
    """Return the events about proposals, in order, with their contracts and then themselves locked by id.

    A batch comes in the order things happened; everybody else who takes several of these locks takes them
    by id, so that nobody waits for somebody who waits for him.
    """
    about = [event for event in events if event.payload["object_type"] == PROPOSAL]
    proposals = {UUID(event.payload["object_id"]) for event in about}
    lock_contracts(contracts_of_proposals(proposals))
    _lock_proposals(proposals)
    return about


def _lock_proposals(proposal_ids: set[UUID]) -> None:
    rows = Proposal.objects.filter(pk__in=proposal_ids).order_by("pk").select_for_update(no_key=True)
    list(rows.values_list("pk"))


@contextmanager
def _refusals_of_billing(event: Event) -> Iterator[None]:
    """Where billing refuses an outcome, keep it as an exception instead of trying again and again."""
    try:
        yield
    except Refusal as refusal:
        with acting(RELAY):
            open_exception(_outcome_not_taken(event, refusal), actor=RELAY)


def _outcome_not_taken(event: Event, refusal: Refusal) -> Cause:
    return Cause(
        code="outcome_not_taken",
        key=f"outcome_not_taken:{event.aggregate_id}",
        title=refusal.sentence[:200],
        object_type=PROPOSAL,
        object_id=UUID(event.payload["object_id"]),
        object_label=event.payload["label"],
        kind="technical",
        legal_entity_id=event.legal_entity_id,
        flow="invoice_delivery",
        team="integration_support",
        evidence={"event": event.type, **event.payload},
    )
