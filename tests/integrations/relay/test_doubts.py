"""Nobody knows whether it landed: look first, on a schedule, and call a person in the end."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from core.models import ExceptionItem, LegalEntity
from integrations.actions import outcomes
from integrations.actions.deliveries import alarm_old_doubts, queue_document, replay_delivery, waive_delivery
from integrations.actions.steps.attempts import Attempt
from integrations.actions.steps.completing import Completion
from integrations.adapters import OutcomeUnknown, Rejected, Unreachable
from integrations.models import Delivery, System
from integrations.policies import ExistsThere
from integrations.relay.claiming import RELAY, claim, mark_sent, release_expired
from tests.integrations.builders import proposal
from tests.integrations.fakes import Clock, FakeErp

pytestmark = pytest.mark.django_db
Deliver = Callable[[], int]


@pytest.fixture
def delivery(entity: LegalEntity) -> Delivery:
    written = queue_document(proposal(entity).pk, revision=1, actor=RELAY)
    assert written
    return written


def test_a_timeout_after_the_commit_is_found_and_adopted(
    delivery: Delivery, erp: FakeErp, clock: Clock, deliver: Deliver
) -> None:
    erp.after_create = [OutcomeUnknown("read timed out")]
    deliver()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.available_at) == ("unknown", clock.now + timedelta(seconds=30))
    clock.advance(seconds=30)
    deliver()
    delivery.refresh_from_db()
    assert (delivery.state, erp.calls) == ("delivered", ["party", "create", "find", "finish"])
    assert [row.action for row in delivery.log.all()] == ["send", "adopt"]


def test_adopting_other_amounts_opens_an_exception_with_the_difference(
    delivery: Delivery, erp: FakeErp, clock: Clock, deliver: Deliver
) -> None:
    erp.price_change = Decimal("-50.00")
    erp.after_create = [OutcomeUnknown("read timed out")]
    deliver()
    clock.advance(seconds=30)
    deliver()
    delivery.refresh_from_db()
    item = ExceptionItem.objects.get(state="open")
    assert (delivery.state, item.code, item.money_at_risk) == ("delivered", "break_open", Decimal(50))


def test_what_never_shows_is_sent_again_only_after_lease_and_commit_delay(
    delivery: Delivery, erp: FakeErp, clock: Clock, deliver: Deliver
) -> None:
    erp.before_create = [OutcomeUnknown("connection reset")]
    deliver()
    sent_at = clock.now
    clock.advance(seconds=30)
    deliver()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.finds, erp.documents) == ("unknown", 1, [])
    clock.advance(seconds=120)
    deliver()
    delivery.refresh_from_db()
    assert clock.now - sent_at < timedelta(seconds=180)
    assert (delivery.state, delivery.finds) == ("unknown", 2)
    clock.advance(seconds=600)
    deliver()
    delivery.refresh_from_db()
    assert (delivery.state, len(erp.documents)) == ("delivered", 1)


def test_systems_that_keep_our_key_get_it_again_at_once(
    target: System, delivery: Delivery, erp: FakeErp, clock: Clock, deliver: Deliver
) -> None:
    System.objects.update(adapter_class="B")
    erp.before_create = [OutcomeUnknown("connection reset")]
    deliver()
    clock.advance(seconds=30)
    deliver()
    delivery.refresh_from_db()
    assert (delivery.state, len(erp.documents)) == ("delivered", 1)


def test_a_taken_key_is_looked_up_at_once(
    delivery: Delivery, erp: FakeErp, clock: Clock, deliver: Deliver, target: System
) -> None:
    target.adapter_class = erp.mode = "B"  # type: ignore[assignment]
    target.save()
    erp.after_create = [OutcomeUnknown("timed out")]
    deliver()
    Delivery.objects.update(sent=False, state="retry")
    clock.advance(seconds=60)
    deliver()
    delivery.refresh_from_db()
    assert (delivery.state, len(erp.documents)) == ("delivered", 1)


def test_when_looking_fails_too_the_doubt_stays_and_a_person_is_called_after_eight_hours(
    delivery: Delivery, erp: FakeErp, clock: Clock, deliver: Deliver
) -> None:
    erp.after_create = [OutcomeUnknown("timed out")]
    deliver()
    System.objects.update(paused_by="Ops", pause_reason="maintenance")
    clock.advance(hours=8)
    assert deliver() == 0
    assert alarm_old_doubts(now=clock.now, actor=RELAY) == 1
    assert alarm_old_doubts(now=clock.now, actor=RELAY) == 1
    assert [item.code for item in ExceptionItem.objects.all()] == ["outcome_unknown"]


def test_failed_looks_do_not_count_as_looks(
    delivery: Delivery, erp: FakeErp, clock: Clock, deliver: Deliver
) -> None:
    erp.after_create = [OutcomeUnknown("timed out")]
    erp.before_find = [Unreachable("down"), OutcomeUnknown("500")]
    deliver()
    for _ in range(2):
        clock.advance(seconds=30)
        deliver()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.finds) == ("unknown", 0)
    clock.advance(seconds=30)
    deliver()
    delivery.refresh_from_db()
    assert (delivery.state, len(erp.documents)) == ("delivered", 1)


def test_an_existing_draft_whose_posting_is_refused_waits_and_cannot_be_given_up(
    delivery: Delivery, erp: FakeErp, clock: Clock, deliver: Deliver
) -> None:
    erp.posts_at_once = False
    erp.before_finish = [Rejected("period_closed", "November is closed.")]
    deliver()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.sent, delivery.result["number"]) == ("rejected", True, "RE-90001")
    with pytest.raises(ExistsThere, match="RE-90001 exists in The ERP"):
        waive_delivery(delivery.pk, actor=RELAY, reason="bill it in December")
    replay_delivery([delivery.pk], actor=RELAY, reason="November was opened")
    clock.advance(seconds=1)
    deliver()
    delivery.refresh_from_db()
    assert (delivery.state, [found.state for found in erp.documents]) == ("delivered", ["posted"])
    assert erp.calls.count("create") == 1


def test_a_zombie_changes_nothing(delivery: Delivery, target: System, erp: FakeErp, clock: Clock) -> None:
    zombie = claim(target.pk, worker="zombie", now=clock.now)[0]
    clock.advance(minutes=2)
    assert release_expired(now=clock.now) == 1
    heir = claim(target.pk, worker="heir", now=clock.now)[0]
    assert (zombie.epoch, heir.epoch) == (1, 2)
    assert mark_sent([zombie], now=clock.now) == set()
    attempt = Attempt(epoch=zombie.epoch, action="send", started_at=clock.now, milliseconds=1)
    document = erp._stored(zombie.payload, zombie.operation_id, "C-1")
    before = snapshot(delivery)
    completion = Completion(zombie, attempt, document, adopted=False)
    assert outcomes.complete_deliveries([completion], actor=RELAY) == []
    refusal = Rejected("refused", "No.")
    assert outcomes.reject_delivery(zombie.pk, attempt=attempt, refusal=refusal, actor=RELAY) is None
    assert snapshot(delivery) == before
    assert mark_sent([zombie, heir], now=clock.now) == {heir.pk}


def snapshot(delivery: Delivery) -> list[object]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_jsonb(d), (SELECT count(*) FROM core_event), "
            "(SELECT count(*) FROM integrations_deliveryattempt), "
            "(SELECT count(*) FROM integrations_externalreference) "
            "FROM integrations_delivery d WHERE id = %s",
            [delivery.pk],
        )
        return list(cursor.fetchone() or [])
