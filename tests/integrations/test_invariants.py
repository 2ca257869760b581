"""What must hold about messages and reconciliations: empty after real work, and offenders are named."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from billing.models import ErpDocument
from core.actors import Actor
from core.models import LegalEntity
from integrations.actions.deliveries import alarm_old_doubts, queue_document
from integrations.actions.reconciliation import request_reconciliation
from integrations.models import Break, Delivery, ExternalReference, System
from integrations.relay.claiming import RELAY
from integrations.relay.loop import deliver_due
from integrations.relay.reconciling import reconcile
from reporting.invariants import offenders
from tests.integrations.builders import proposal, routed_entity, system
from tests.integrations.fakes import Clock, FakeErp

pytestmark = pytest.mark.django_db


@pytest.fixture
def target(db: None) -> System:
    return system()


@pytest.fixture
def entity(target: System) -> LegalEntity:
    return routed_entity(target)


@pytest.fixture
def delivery(entity: LegalEntity, target: System) -> Delivery:
    """A posted document, compared with the ERP together with one that was never sent."""
    erp = FakeErp()
    written = queue_document(proposal(entity).pk, revision=1, actor=RELAY)
    assert written
    deliver_due(connect=erp.connect, clock=Clock())
    proposal(entity, status="posted", net="70.00")
    run = request_reconciliation(
        target.pk, legal_entity_id=entity.pk, month=date(2026, 11, 1), actor=Actor.system("test")
    )
    reconcile(run.pk, connect=erp.connect)
    assert violated() == set()
    written.refresh_from_db()
    return written


def violated() -> set[str]:
    return {name for name in offenders() if name.startswith(("i05", "i06", "i08", "i09", "i10"))}


def test_a_second_document_of_one_operation_is_named(delivery: Delivery) -> None:
    twin = ErpDocument.objects.get(external_reference=str(delivery.operation_id))
    twin.pk, twin.number, twin._state.adding = None, "RE-TWIN", True
    twin.save()
    assert violated() == {"i05_one_document"}
    Break.objects.update(kind="duplicate", erp_document=twin)
    assert violated() == set()


def test_a_break_that_no_longer_explains_its_month_is_named(delivery: Delivery) -> None:
    Break.objects.update(difference=Decimal("69.00"))
    assert violated() == {"i06_reconciliation"}


def test_a_delivered_message_without_its_reference_is_named(delivery: Delivery) -> None:
    ExternalReference.objects.filter(object_type="billing.proposal").update(external_id="RE-OTHER")
    assert violated() == {"i08_references"}
    Delivery.objects.update(state="waived")
    assert violated() == {"i08_references"}


def test_gaps_and_overtaking_are_named(delivery: Delivery) -> None:
    Delivery.objects.update(delivery_seq=2)
    assert violated() == {"i09_delivery_order"}
    first = Delivery.objects.get()
    first.pk, first.delivery_seq, first.state, first._state.adding = None, 1, "pending", True
    first.operation_id = delivery.aggregate_id
    first.save()
    assert violated() == {"i09_delivery_order"}


def test_old_leases_and_doubts_are_named_until_a_person_is_called(delivery: Delivery) -> None:
    ago = timezone.now() - timedelta(days=2)
    Delivery.objects.update(state="leased", lease_until=ago)
    assert "i10_leases" in violated()
    Delivery.objects.update(state="unknown", unknown_since=ago)
    assert "i10_leases" in violated()
    alarm_old_doubts(now=timezone.now(), actor=RELAY)
    assert "i10_leases" not in violated()
