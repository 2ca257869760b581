"""One message from release to posting, and every way a call may end."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from billing.actions.posting import confirm_posting
from billing.models import Proposal
from contracts.actions.customers import change_billing_account
from core.actors import Actor
from core.models import Event, ExceptionItem, LegalEntity
from core.reactions import run_reactions
from integrations.actions.deliveries import queue_document, replay_delivery
from integrations.adapters import (
    AuthFailed,
    CallFailed,
    OutcomeUnknown,
    Rejected,
    Throttled,
    Unreachable,
)
from integrations.models import Delivery, ExternalReference, Route, System
from integrations.relay.claiming import RELAY
from integrations.tasks import deliver_leftovers
from tests.integrations.builders import DOCUMENT_DATE, only_delivery, proposal
from tests.integrations.fakes import Clock, FakeErp
from tests.personas import person

pytestmark = pytest.mark.django_db
Deliver = Callable[[], int]


def queued(entity: LegalEntity) -> Delivery:
    document = proposal(entity)
    delivery = queue_document(document.pk, revision=document.revision, actor=RELAY)
    assert delivery is not None
    return delivery


def open_codes() -> list[str]:
    return sorted(ExceptionItem.objects.filter(state="open").values_list("code", flat=True))


def test_a_released_document_is_posted_and_billing_learns_its_number(
    entity: LegalEntity, erp: FakeErp, deliver: Deliver
) -> None:
    delivery = queued(entity)
    assert deliver() == 1
    delivery.refresh_from_db()
    assert (delivery.state, delivery.result["number"], delivery.attempts) == ("delivered", "RE-90001", 1)
    assert [document.reference for document in erp.documents] == [str(delivery.operation_id)]
    run_reactions()
    document = posted_proposal(delivery)
    assert (document.status, document.erp_number) == ("posted", "RE-90001")
    assert list(
        ExternalReference.objects.order_by("object_type").values_list("object_type", "external_id")
    ) == [
        ("billing.proposal", "RE-90001"),
        ("contracts.billingaccount", f"C-{document.billing_account.code}"),
    ]
    assert open_codes() == []


def posted_proposal(delivery: Delivery) -> Proposal:
    return Proposal.objects.select_related("billing_account").get(pk=delivery.aggregate_id)


def test_asking_twice_for_the_same_revision_writes_one_message(entity: LegalEntity) -> None:
    delivery = queued(entity)
    again = queue_document(delivery.aggregate_id, revision=1, actor=RELAY)
    assert again == delivery
    assert Delivery.objects.count() == 1


def test_without_a_route_the_document_waits_as_an_exception_and_goes_once_there_is_one(
    entity: LegalEntity, target: System, deliver: Deliver
) -> None:
    Route.objects.all().delete()
    document = proposal(entity)
    assert queue_document(document.pk, revision=1, actor=RELAY) is None
    assert open_codes() == ["mapping_missing"]
    Route.objects.create(legal_entity=entity, system=target, company_code="UK01")
    deliver_leftovers()
    assert open_codes() == []
    deliver()
    assert only_delivery(document).state == "delivered"


@pytest.mark.parametrize("error", [Unreachable("no route to host"), OutcomeUnknown("timed out")])
def test_a_failure_before_anything_was_sent_is_tried_again(
    entity: LegalEntity, erp: FakeErp, clock: Clock, deliver: Deliver, error: CallFailed
) -> None:
    delivery = queued(entity)
    erp.before_party = [error]
    deliver()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.sent, delivery.error) == ("retry", False, str(error))
    assert clock.now < delivery.available_at <= clock.now + timedelta(seconds=10)
    clock.advance(seconds=10)
    deliver()
    delivery.refresh_from_db()
    assert (delivery.state, len(erp.documents), delivery.attempts) == ("delivered", 1, 2)


def test_no_connection_on_create_sent_nothing_and_is_tried_again(
    entity: LegalEntity, erp: FakeErp, clock: Clock, deliver: Deliver
) -> None:
    delivery = queued(entity)
    erp.before_create = [Unreachable("connection refused")]
    deliver()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.sent) == ("retry", False)
    clock.advance(seconds=10)
    deliver()
    assert len(erp.documents) == 1
    assert "find" not in erp.calls


def test_a_refusal_about_the_document_hands_it_back_to_billing_at_once(
    entity: LegalEntity, erp: FakeErp, deliver: Deliver
) -> None:
    delivery = queued(entity)
    erp.before_create = [Rejected("totals_mismatch", "The lines do not sum up.", "gross")]
    deliver()
    run_reactions()
    delivery.refresh_from_db()
    document = posted_proposal(delivery)
    assert (delivery.state, delivery.attempts, erp.documents) == ("rejected", 1, [])
    assert (document.status, document.refusal) == ("draft", "The lines do not sum up.")
    assert open_codes() == ["erp_rejected"]


@pytest.mark.parametrize("code", ["customer_incomplete", "period_closed"])
def test_a_refusal_about_the_other_side_waits_for_a_replay(
    entity: LegalEntity, erp: FakeErp, deliver: Deliver, code: str
) -> None:
    delivery = queued(entity)
    erp.before_create = [Rejected(code, "It cannot be posted yet.")]
    deliver()
    run_reactions()
    delivery.refresh_from_db()
    assert (delivery.state, posted_proposal(delivery).status) == ("rejected", "releasing")
    item = ExceptionItem.objects.get()
    assert (item.code, item.money_at_risk, item.evidence["delivery_id"]) == (
        code,
        Decimal(1000),
        str(delivery.pk),
    )
    assert deliver() == 0
    replay_delivery([delivery.pk], actor=RELAY, reason="settled")
    deliver()
    run_reactions()
    delivery.refresh_from_db()
    assert (delivery.state, posted_proposal(delivery).status) == ("delivered", "posted")
    assert open_codes() == []


def test_completing_the_customer_sends_every_document_again_that_was_refused_over_it(
    entity: LegalEntity, erp: FakeErp, deliver: Deliver
) -> None:
    delivery = queued(entity)
    account = posted_proposal(delivery).billing_account
    erp.before_create = [Rejected("customer_incomplete", "No tax registration.", "customer.tax_registration")]
    deliver()
    run_reactions()
    assert open_codes() == ["customer_incomplete"]
    change_billing_account(account.pk, city="Leeds", actor=Actor.of(person("data_steward")))
    run_reactions()
    deliver()
    run_reactions()
    delivery.refresh_from_db()
    assert (delivery.state, posted_proposal(delivery).status, open_codes()) == ("delivered", "posted", [])


def test_throttling_pauses_the_system_for_everybody_and_costs_no_retry_time(
    entity: LegalEntity, target: System, erp: FakeErp, clock: Clock, deliver: Deliver
) -> None:
    first, second = queued(entity), queued(entity)
    erp.before_create = [Throttled("slow down", 90)]
    deliver()
    first.refresh_from_db()
    second.refresh_from_db()
    target.refresh_from_db()
    assert erp.calls == ["party", "create"]
    assert (first.state, first.retry_seconds, second.state, second.attempts) == ("retry", 0, "pending", 0)
    assert target.paused_until == clock.now + timedelta(seconds=90)
    assert deliver() == 0
    clock.advance(seconds=91)
    assert deliver() == 2
    target.refresh_from_db()
    assert len(erp.documents) == 2
    assert_free(target)


def test_refused_credentials_pause_the_system_with_an_exception(
    entity: LegalEntity, erp: FakeErp, clock: Clock, deliver: Deliver
) -> None:
    queued(entity)
    erp.before_party = [AuthFailed("401")]
    deliver()
    assert open_codes() == ["auth_failed"]
    clock.advance(minutes=11)
    deliver()
    assert (open_codes(), len(erp.documents)) == ([], 1)


def test_after_five_failures_the_system_rests_and_one_message_probes_it(
    entity: LegalEntity, target: System, erp: FakeErp, clock: Clock, deliver: Deliver
) -> None:
    for _ in range(3):
        queued(entity)
    erp.before_party = [Unreachable("down") for _ in range(6)]
    deliver()
    clock.advance(seconds=10)
    deliver()
    target.refresh_from_db()
    assert (target.consecutive_failures, target.paused_until) == (5, clock.now + timedelta(seconds=30))
    assert open_codes() == ["system_unreachable"]
    clock.advance(seconds=31)
    assert deliver() == 1
    clock.advance(minutes=2)
    erp.calls.clear()
    assert deliver() == 3
    target.refresh_from_db()
    assert_free(target)
    assert (open_codes(), len(erp.documents)) == ([], 3)


def test_retrying_ends_after_48_hours_with_an_exception(
    entity: LegalEntity, erp: FakeErp, clock: Clock, deliver: Deliver
) -> None:
    delivery = queued(entity)
    Delivery.objects.update(retry_seconds=48 * 3600)
    erp.before_party = [Unreachable("down")]
    deliver()
    delivery.refresh_from_db()
    assert (delivery.state, open_codes()) == ("dead", ["delivery_dead"])
    assert Event.objects.filter(type="delivery.dead").count() == 1


def test_a_fault_of_our_own_neither_loops_nor_loses_the_message(
    entity: LegalEntity, erp: FakeErp, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = queued(entity)
    monkeypatch.setattr(FakeErp, "create", lambda *_: 1 // 0)
    deliver()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.sent) == ("unknown", True)
    assert "ZeroDivisionError" in delivery.error


def test_replaying_what_was_delivered_changes_nothing_but_the_audit(
    entity: LegalEntity, erp: FakeErp, deliver: Deliver
) -> None:
    delivery = queued(entity)
    deliver()
    run_reactions()
    delivery.refresh_from_db()
    before = Delivery.objects.values().get(), list(Proposal.objects.values()), list(erp.documents)
    for _ in range(3):
        replay_delivery([delivery.pk], actor=RELAY, reason="just to be sure")
        deliver()
        run_reactions()
    assert before == (Delivery.objects.values().get(), list(Proposal.objects.values()), erp.documents)
    assert Event.objects.filter(type="delivery.replayed").count() == 3


def test_an_outcome_billing_does_not_take_is_kept_for_a_person(
    entity: LegalEntity, erp: FakeErp, deliver: Deliver
) -> None:
    delivery = queued(entity)
    deliver()
    confirm_posting(
        delivery.aggregate_id, erp_number="RE-BY-HAND", posted_on=DOCUMENT_DATE, actor=Actor.system("test")
    )
    run_reactions()
    assert posted_proposal(delivery).erp_number == "RE-BY-HAND"
    assert open_codes() == ["outcome_not_taken"]


def assert_free(target: System) -> None:
    target.refresh_from_db()
    assert (target.consecutive_failures, target.paused_until, target.pause_reason) == (0, None, "")
