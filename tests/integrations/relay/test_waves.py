"""Many messages go side by side, and are written down together."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from billing.models import Proposal
from core.models import Event, ExceptionItem, LegalEntity
from integrations.actions import outcomes
from integrations.actions.deliveries import queue_document
from integrations.actions.steps.completing import Completion
from integrations.adapters import InTime, Party, Payload, Rejected, TheirDocument, Throttled, Unreachable
from integrations.models import Delivery, DeliveryAttempt, ExternalReference, System
from integrations.relay import health
from integrations.relay.claiming import RELAY
from tests.integrations.builders import proposal
from tests.integrations.fakes import Clock, FakeErp

pytestmark = pytest.mark.django_db
Deliver = Callable[[], int]
WIDTH = 4


@dataclass
class WideErp(FakeErp):
    """An ERP that answers a creation only once as many as it takes at once are under way."""

    together: threading.Barrier = field(default_factory=lambda: threading.Barrier(WIDTH, timeout=20))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def _stored(self, payload: Payload, operation_id: object, customer: str) -> TheirDocument:
        self.together.wait()
        with self.lock:
            return super()._stored(payload, operation_id, customer)  # type: ignore[arg-type]

    def finish(self, document: TheirDocument) -> TheirDocument:
        with self.lock:
            return super().finish(document)


@pytest.fixture
def erp() -> WideErp:
    return WideErp()


@pytest.fixture
def target(target: System) -> System:
    target.concurrency = WIDTH
    target.save()
    return target


@pytest.fixture
def queued(entity: LegalEntity, target: System) -> list[Delivery]:
    """Two rounds of messages, each under a correlation id of its own."""
    written = [queue_document(proposal(entity).pk, revision=1, actor=RELAY) for _ in range(2 * WIDTH)]
    for place, delivery in enumerate(written):
        assert delivery
        delivery.correlation_id = f"correlation-{place}"
        delivery.save(update_fields=["correlation_id"])
    return [delivery for delivery in written if delivery]


def test_a_wave_goes_side_by_side_and_every_message_is_completed_as_if_alone(
    queued: list[Delivery], erp: WideErp, deliver: Deliver
) -> None:
    assert deliver() == 2 * WIDTH
    numbers = {document.reference: document.number for document in erp.documents}
    rows = Delivery.objects.order_by("pk").values_list("operation_id", "state", "attempts", "result__number")
    assert sorted(rows, key=str) == sorted(
        ((row.operation_id, "delivered", 1, numbers[str(row.operation_id)]) for row in queued), key=str
    )
    assert list(
        ExternalReference.objects.filter(object_type="billing.proposal")
        .order_by("object_id")
        .values_list("object_id", "external_id")
    ) == sorted((row.aggregate_id, numbers[str(row.operation_id)]) for row in queued)
    assert set(
        Event.objects.filter(type="delivery.succeeded").values_list("aggregate_id", "correlation_id")
    ) == {(row.pk, row.correlation_id) for row in queued}
    assert list(DeliveryAttempt.objects.values_list("action", "outcome", "epoch")) == [
        ("send", "delivered", 1)
    ] * len(queued)


def test_a_wave_costs_as_many_statements_as_one_message(
    queued: list[Delivery],
    entity: LegalEntity,
    target: System,
    erp: WideErp,
    deliver: Deliver,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    deliver()
    accounts = [document.billing_account for document in proposals_of(queued)[:WIDTH]]
    for account in accounts:
        queue_document(proposal(entity, billing_account=account).pk, revision=1, actor=RELAY)
    with django_assert_max_num_queries(40) as wide:
        assert deliver() == WIDTH
    erp.together = threading.Barrier(1)
    queue_document(proposal(entity, billing_account=accounts[0]).pk, revision=1, actor=RELAY)
    with django_assert_max_num_queries(40) as narrow:
        assert deliver() == 1
    assert len(wide) == len(narrow)


def proposals_of(deliveries: list[Delivery]) -> list[Proposal]:
    ids = [delivery.aggregate_id for delivery in deliveries]
    return list(Proposal.objects.select_related("billing_account").filter(pk__in=ids).order_by("pk"))


def test_a_slow_call_keeps_nobody_elses_outcome_from_being_written(
    queued: list[Delivery], erp: WideErp, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    erp.together = threading.Barrier(1)
    slow, written = str(queued[0].operation_id), threading.Event()
    create, complete = erp.create, outcomes.complete_deliveries

    def wait_for_the_others(
        payload: Payload, operation_id: object, customer: str, in_time: InTime
    ) -> TheirDocument:
        if str(operation_id) == slow:
            assert written.wait(20)
        return create(payload, operation_id, customer, in_time)  # type: ignore[arg-type]

    def note(completions: list[Completion], **values: object) -> list[Delivery]:
        done = complete(completions, **values)  # type: ignore[arg-type]
        written.set()
        return done

    monkeypatch.setattr(erp, "create", wait_for_the_others)
    monkeypatch.setattr(outcomes, "complete_deliveries", note)
    deliver()
    assert set(Delivery.objects.values_list("state", flat=True)) == {"delivered"}


def test_one_that_cannot_be_completed_leaves_only_itself_in_doubt(
    queued: list[Delivery], erp: WideErp, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish = erp.finish

    def same_number_twice(document: TheirDocument) -> TheirDocument:
        posted = finish(document)
        return replace(posted, number="RE-SAME") if posted.customer in doubled else posted

    doubled = {f"C-{document.billing_account.code}" for document in proposals_of(queued)[:2]}
    monkeypatch.setattr(erp, "finish", same_number_twice)
    deliver()
    states = list(Delivery.objects.order_by("state").values_list("state", flat=True))
    assert states == ["delivered"] * (len(queued) - 1) + ["unknown"]
    assert ExternalReference.objects.filter(external_id="RE-SAME").count() == 1


def test_a_bill_to_whose_number_cannot_be_kept_stops_only_its_own_messages(
    queued: list[Delivery], erp: WideErp, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    erp.together = threading.Barrier(1)
    same = {document.billing_account.code for document in proposals_of(queued)[:2]}

    def confuse(party: Party, known_as: str) -> str:
        return "C-SAME" if party.reference in same else f"C-{party.reference}"

    monkeypatch.setattr(erp, "ensure_party", confuse)
    deliver()
    states = sorted(Delivery.objects.values_list("state", "sent"))
    assert states == [("delivered", True)] * (len(queued) - 1) + [("retry", False)]


def test_refusals_in_a_wave_are_each_messages_own(
    queued: list[Delivery], erp: WideErp, deliver: Deliver
) -> None:
    erp.together = threading.Barrier(1)
    erp.before_create = [Rejected("period_closed", "November is closed.")]
    deliver()
    states = list(Delivery.objects.order_by("state").values_list("state", flat=True))
    assert states == ["delivered"] * (len(queued) - 1) + ["rejected"]
    assert ExceptionItem.objects.filter(state="open").count() == 1


def test_a_system_that_asks_to_wait_is_sent_nothing_of_the_wave(
    queued: list[Delivery], erp: WideErp, clock: Clock, deliver: Deliver
) -> None:
    erp.before_party = [Throttled("slow down", 90)]
    assert deliver() == 2 * WIDTH
    assert set(Delivery.objects.values_list("state", "sent")) == {("retry", False)}
    assert (erp.documents, deliver(), sum(Delivery.objects.values_list("attempts", flat=True))) == ([], 0, 1)
    clock.advance(seconds=91)
    assert deliver() == 2 * WIDTH
    assert len(erp.documents) == 2 * WIDTH


def test_what_waits_for_its_turn_is_not_sent_once_the_system_asks_to_wait(
    queued: list[Delivery], target: System, erp: WideErp, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    paused, throttled = threading.Event(), health.throttled

    def note(*args: Any, **values: Any) -> Any:
        until = throttled(*args, **values)
        threading.Timer(0.2, paused.set).start()
        return until

    monkeypatch.setattr(health, "throttled", note)
    erp.before_create = [Throttled("slow down", 90)]
    erp.on_create = lambda: assert_true(paused.wait(20))
    deliver()
    assert erp.documents == []
    assert set(Delivery.objects.values_list("state", "sent", "retry_seconds")) == {("retry", False, 0)}
    target.refresh_from_db()
    assert target.consecutive_failures == 0


def test_a_failure_that_stops_several_messages_counts_once(
    entity: LegalEntity, target: System, erp: WideErp, deliver: Deliver
) -> None:
    account = proposals_of([queue(entity)])[0].billing_account
    for _ in range(WIDTH - 1):
        queue_document(proposal(entity, billing_account=account).pk, revision=1, actor=RELAY)
    erp.before_party = [Unreachable("500")]
    deliver()
    target.refresh_from_db()
    assert (target.consecutive_failures, erp.calls) == (1, ["party"])
    assert set(Delivery.objects.values_list("state", "attempts")) == {("retry", 1)}


def test_a_bill_to_is_introduced_once_until_the_system_refuses_something(
    entity: LegalEntity, target: System, erp: WideErp, clock: Clock, deliver: Deliver
) -> None:
    target.concurrency = 1
    target.save()
    erp.together = threading.Barrier(1)
    account = proposals_of([queue(entity)])[0].billing_account
    for _ in range(2):
        queue_document(proposal(entity, billing_account=account).pk, revision=1, actor=RELAY)
    deliver()
    assert erp.calls == ["party", *["create", "finish"] * 3]
    erp.calls.clear()
    erp.before_create = [Rejected("customer_incomplete", "The address is missing.")]
    for _ in range(3):
        queue_document(proposal(entity, billing_account=account).pk, revision=1, actor=RELAY)
    deliver()
    assert erp.calls == ["party", "create", "party", *["create", "finish"] * 2]


def assert_true(value: bool) -> None:
    assert value


def queue(entity: LegalEntity) -> Delivery:
    written = queue_document(proposal(entity).pk, revision=1, actor=RELAY)
    assert written
    return written
