"""Order per aggregate, one worker per message, by lease. Real transactions on several connections."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from core.models import LegalEntity
from integrations.actions.deliveries import queue_document
from integrations.adapters import Rejected
from integrations.models import Delivery, System
from integrations.relay.claiming import RELAY, admitted, claim
from tests.integrations.builders import proposal
from tests.integrations.fakes import Clock, FakeErp


@pytest.mark.django_db
def test_later_messages_of_a_document_wait_for_the_earlier_ones(
    entity: LegalEntity, target: System, erp: FakeErp, clock: Clock, deliver: Callable[[], int]
) -> None:
    first = queue_document(proposal(entity).pk, revision=1, actor=RELAY)
    other = queue_document(proposal(entity).pk, revision=1, actor=RELAY)
    assert first and other
    second = follower(first)
    assert [found.pk for found in claim(target.pk, worker="w", now=clock.now)] == [first.pk, other.pk]
    assert claim(target.pk, worker="w", now=clock.now) == []
    for state, free in (("unknown", []), ("rejected", []), ("dead", []), ("waived", [second.pk])):
        Delivery.objects.filter(pk=first.pk).update(state=state, available_at=clock.now.replace(year=2999))
        assert [found.pk for found in claim(target.pk, worker="w", now=clock.now)] == free


def follower(first: Delivery) -> Delivery:
    """Write a second message about the same document."""
    return Delivery.objects.create(
        **{
            field.attname: getattr(first, field.attname)
            for field in Delivery._meta.concrete_fields
            if field.attname not in {"id", "delivery_seq", "operation_id", "created_at"}
        },
        delivery_seq=2,
        operation_id="00000000-0000-0000-0000-000000000002",
    )


@pytest.mark.django_db
def test_a_new_revision_supersedes_the_refused_one(
    entity: LegalEntity, erp: FakeErp, deliver: Callable[[], int]
) -> None:
    document = proposal(entity)
    erp.before_create = [Rejected("totals_mismatch", "Wrong sum.")]
    queue_document(document.pk, revision=1, actor=RELAY)
    deliver()
    queue_document(document.pk, revision=2, actor=RELAY)
    deliver()
    rows = Delivery.objects.order_by("delivery_seq").values_list("delivery_seq", "state")
    assert list(rows) == [(1, "superseded"), (2, "delivered")]
    assert len(set(Delivery.objects.values_list("operation_id", flat=True))) == 2


@pytest.mark.django_db(transaction=True)
def test_many_workers_never_take_the_same_message(entity: LegalEntity, target: System, clock: Clock) -> None:
    for _ in range(12):
        queue_document(proposal(entity).pk, revision=1, actor=RELAY)

    def work(number: int) -> list[str]:
        taken = []
        try:
            # A worker that meets only locked rows gets nothing; there may be more after them.
            while Delivery.objects.filter(state="pending").exists():
                found = claim(target.pk, worker=f"worker {number}", now=clock.now, limit=2)
                taken += [str(delivery.pk) for delivery in found]
        finally:
            connections.close_all()
        return taken

    with ThreadPoolExecutor(6) as pool:
        taken = [key for keys in pool.map(work, range(6)) for key in keys]
    assert len(taken) == len(set(taken)) == 12
    assert set(Delivery.objects.values_list("state", "epoch")) == {("leased", 1)}
    connection.close()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("adapter_class", "at_once", "together"), [("C", 8, 32), ("A", 2, 8), ("C", 1, 1), ("D", 8, 8)]
)
def test_a_wave_is_several_rounds_but_never_more_doubts_than_a_person_can_settle(
    target: System, clock: Clock, adapter_class: str, at_once: int, together: int
) -> None:
    target.adapter_class, target.concurrency = adapter_class, at_once
    target.save()
    assert admitted(target.pk, now=clock.now) == together
