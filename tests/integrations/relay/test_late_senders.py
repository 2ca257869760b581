"""A worker stands still between its mark and the socket, and goes on when another has sent the document."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from core.models import ExceptionItem, LegalEntity
from integrations.actions.deliveries import queue_document
from integrations.adapters import OutcomeUnknown, TheirDocument
from integrations.models import Delivery, System
from integrations.relay import sending_time
from integrations.relay.backoff import LEASE
from integrations.relay.claiming import RELAY
from integrations.relay.loop import deliver_due
from integrations.sandbox_erp.transport import Timeouts
from integrations.states import AdapterClass
from tests.integrations.builders import proposal
from tests.integrations.fakes import Clock, FakeErp

Deliver = Callable[[], int]


@pytest.fixture
def delivery(entity: LegalEntity) -> Delivery:
    written = queue_document(proposal(entity).pk, revision=1, actor=RELAY)
    assert written
    return written


@pytest.mark.django_db
@pytest.mark.parametrize("mode", AdapterClass)
def test_the_frozen_worker_does_not_send_what_its_heir_has_sent(
    target: System, delivery: Delivery, erp: FakeErp, clock: Clock, deliver: Deliver, mode: AdapterClass
) -> None:
    target.adapter_class = erp.mode = mode
    target.save()

    def stand_still() -> None:
        erp.on_create = lambda: None
        for _ in range(3):
            clock.advance(minutes=3)
            deliver_due(connect=erp.connect, clock=clock)

    erp.on_create = stand_still
    deliver()
    delivery.refresh_from_db()
    alone = mode == AdapterClass.NOTHING
    assert len(erp.documents) == (0 if alone else 1)
    assert (delivery.state, delivery.sent) == ("unknown" if alone else "delivered", True)
    assert ExceptionItem.objects.filter(state="open").exists() == alone
    assert next(row.outcome for row in delivery.log.all()) == "lease_expired"


@pytest.mark.django_db
def test_a_worker_that_wakes_within_its_lease_but_late_sends_nothing_and_tries_again(
    delivery: Delivery, erp: FakeErp, clock: Clock, deliver: Deliver
) -> None:
    def stand_still() -> None:
        erp.on_create = lambda: None
        clock.advance(seconds=61)

    erp.on_create = stand_still
    deliver()
    delivery.refresh_from_db()
    assert [row.outcome for row in delivery.log.all()] == ["TooLate", "delivered"]
    assert (delivery.state, delivery.retry_seconds, len(erp.documents)) == ("delivered", 0, 1)


@pytest.mark.django_db
def test_absent_counts_only_when_it_was_asked_after_the_longest_delay(
    delivery: Delivery, erp: FakeErp, clock: Clock, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    erp.before_create = [OutcomeUnknown("connection reset")]
    deliver()
    clock.advance(seconds=170)

    def slow_find(*_: object) -> Sequence[TheirDocument]:
        clock.advance(seconds=15)
        return []

    monkeypatch.setattr(erp, "find", slow_find)
    deliver()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.finds, erp.calls.count("create")) == ("unknown", 1, 1)


def test_the_time_to_send_ends_by_either_clock(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    uptime = [1000.0]
    monkeypatch.setattr(sending_time, "_uptime", lambda: uptime[0])
    in_time = sending_time.sending_time(clock, clock.now)
    assert in_time()
    clock.advance(seconds=60)
    assert not in_time()
    clock.advance(hours=-1)
    assert in_time()
    uptime[0] += 60
    assert not in_time()


def test_what_went_out_in_time_has_arrived_or_is_dropped_before_the_lease_is_over() -> None:
    limits = Timeouts()
    assert sending_time.SEND_WITHIN + timedelta(seconds=limits.arrive + limits.read) < LEASE
