"""Messages become deals: once, in any order, whatever the CRM does meanwhile."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connections
from django.utils import timezone

from contracts.models import Deal
from core.models import ExceptionItem
from integrations.adapters import OutcomeUnknown, Throttled
from integrations.inbox.processing import process_inbox, read
from integrations.models import ExternalReference, InboxMessage, MirroredDeal
from tests.contracts.deals import firm
from tests.integrations.inbox.world import Source, announcement, crm_system, deliver, post, signed, their_deal

pytestmark = pytest.mark.django_db


def states() -> list[str]:
    return list(InboxMessage.objects.order_by("received_at", "id").values_list("state", flat=True))


def later(hours: int) -> None:
    """Let time pass for every waiting message."""
    gone = timedelta(hours=hours)
    for message in InboxMessage.objects.filter(state="waiting"):
        message.available_at -= gone
        message.received_at -= gone
        message.save()


def test_a_message_brings_the_deal_as_the_crm_holds_it_now() -> None:
    firm()
    crm_system()
    source = Source(their_deal(3, amount="500.00"))
    deliver(version=1)
    assert process_inbox(connect=source.connect) == 1

    deal, mirrored = Deal.objects.get(), MirroredDeal.objects.get()
    assert (deal.source, deal.source_id, deal.source_version) == ("crm", "OPP-1", 3)
    assert (str(deal.amount), deal.legal_entity and deal.legal_entity.code) == ("500.0000", "UK")
    assert (mirrored.theirs_version, mirrored.deal_id, mirrored.stage) == (3, deal.pk, "closed_won")
    assert ExternalReference.objects.get().external_id == "OPP-1"
    assert states() == ["processed"]
    assert InboxMessage.objects.get().subject == "OPP-1"


def test_late_and_repeated_messages_are_superseded_without_a_call() -> None:
    firm()
    crm_system()
    source = Source(their_deal(3))
    for event, version in (("e3", 3), ("e1", 1), ("e2", 2), ("again", 3)):
        deliver(event, version)
    process_inbox(connect=source.connect)
    assert states() == ["processed", "superseded", "superseded", "superseded"]
    assert source.calls == ["fetch OPP-1"] and Deal.objects.count() == 1


def test_a_deal_that_is_not_won_is_mirrored_and_becomes_no_deal_of_ours() -> None:
    firm()
    crm_system()
    deliver()
    process_inbox(connect=Source(their_deal(1, stage="proposal")).connect)
    assert (Deal.objects.count(), MirroredDeal.objects.get().stage, states()) == (
        0,
        "proposal",
        ["processed"],
    )


@pytest.mark.parametrize("failure", [OutcomeUnknown("500"), Throttled("slow", 3)])
def test_a_crm_that_fails_is_asked_again_later(failure: Exception) -> None:
    firm()
    crm_system()
    source = Source(their_deal())
    source.fails = [failure]  # type: ignore[list-item]
    deliver()
    process_inbox(connect=source.connect)
    message = InboxMessage.objects.get()
    assert (message.state, message.attempts, message.error) == ("waiting", 1, str(failure))
    assert process_inbox(connect=source.connect) == 0
    later(1)
    process_inbox(connect=source.connect)
    assert states() == ["processed"] and Deal.objects.count() == 1


def test_a_deal_that_is_not_there_waits_for_a_day_and_then_somebody_looks() -> None:
    crm_system()
    source = Source()
    deliver()
    process_inbox(connect=source.connect)
    assert states() == ["waiting"]
    later(25)
    process_inbox(connect=source.connect)
    assert states() == ["rejected"]
    item = ExceptionItem.objects.get()
    assert (item.code, item.evidence) == ("inbox_rejected", {"sentence": "There is no deal OPP-1."})


def test_without_a_mapping_the_message_waits_and_one_exception_says_so() -> None:
    firm()
    crm_system(mapped=False)
    source = Source(their_deal())
    for event in ("e1", "e2"):
        deliver(event)
    process_inbox(connect=source.connect)
    assert states() == ["waiting", "waiting"]
    assert [item.code for item in ExceptionItem.objects.all()] == ["schema_changed"]


def test_a_deal_of_another_shape_is_given_to_somebody() -> None:
    firm()
    crm_system()
    deliver()
    process_inbox(connect=Source(their_deal(products="many")).connect)
    assert states() == ["rejected"] and not Deal.objects.exists()
    assert ExceptionItem.objects.get().code == "inbox_rejected"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"\xff\xfe",
        b'{"data": 1}',
        b'{"data": {"id": 1, "version": 1}}',
        b'{"data": {"id": "", "version": 1}}',
        b'{"data": {"id": "x", "version": true}}',
        b'{"data": {"id": "x", "version": -1}}',
        b'{"data": {"id": "x", "version": 1e400}}',
        b'{"data": {"id": "x\\u0000", "version": 1}}',
        b"[" * 50_000,
        b'{"data": {"id": "' + b"x" * 81 + b'", "version": 1}}',
        b'{"data": {"id": "x", "version": ' + b"9" * 30 + b"}}",
    ],
)
def test_garbage_that_is_signed_is_kept_and_rejected(body: bytes) -> None:
    crm_system()
    assert read(body) is None
    assert post(body, signed("evt_1", body)).status_code == 202
    process_inbox(connect=Source().connect)
    assert states() == ["rejected"]
    assert ExceptionItem.objects.get().evidence == {"sentence": "The body names no deal with a version."}


def test_a_worker_that_died_leaves_its_message_to_the_next_one() -> None:
    firm()
    crm_system()
    deliver()

    def dies(system: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        process_inbox(connect=dies)  # type: ignore[arg-type]
    source = Source(their_deal())
    assert process_inbox(connect=source.connect) == 0
    assert process_inbox(connect=source.connect, clock=lambda: timezone.now() + timedelta(minutes=3)) == 1
    assert states() == ["processed"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_process_each_message_once() -> None:
    firm()
    crm_system()
    deals = [f"OPP-{number}" for number in range(6)]
    source, start = Source(*(their_deal(deal=deal) for deal in deals)), Barrier(2)
    for deal in deals:
        body = announcement(1, deal)
        post(body, signed(f"evt_{deal}", body))

    def work() -> None:
        start.wait()
        try:
            process_inbox(connect=source.connect)
        finally:
            connections.close_all()

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(source.calls) == sorted(f"fetch {deal}" for deal in deals)
    assert set(states()) == {"processed"} and Deal.objects.count() == 6
    assert set(InboxMessage.objects.values_list("attempts", flat=True)) == {1}
