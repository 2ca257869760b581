"""What changed in another system: mirrored, payments handed on, the cursor never ahead of what is stored."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from billing.actions.posting import confirm_posting
from billing.models import ErpDocument, Payment
from core.models import Event, ExceptionItem, LegalEntity
from core.reactions import run_reactions
from integrations.actions.deliveries import queue_document
from integrations.adapters import Changes, OutcomeUnknown, TheirPayment, Unreachable
from integrations.models import Delivery, System
from integrations.relay import reading
from integrations.relay.claiming import RELAY
from tests.integrations.builders import proposal
from tests.integrations.fakes import Clock, FakeErp, WorkerDied

pytestmark = pytest.mark.django_db


@dataclass
class Feed(FakeErp):
    """An ERP whose change feed has one entry a page."""

    payments: list[TheirPayment] = field(default_factory=list)
    asked: list[tuple[str, bool]] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)

    def changes(self, cursor: str, *, overlap: bool = False) -> Changes:
        self.asked.append((cursor, overlap))
        if self.failures:
            raise self.failures.pop()
        entries: list[Any] = [*self.documents, *self.payments]
        place = 0 if overlap else int(cursor or 0)
        page = entries[place : place + 1]
        return Changes(
            cursor=str(place + len(page)),
            more=place + 1 < len(entries),
            documents=[entry for entry in page if entry in self.documents],
            payments=[entry for entry in page if entry in self.payments],
        )


@pytest.fixture
def erp() -> Feed:
    return Feed()


@pytest.fixture
def posted(entity: LegalEntity, deliver: Callable[[], int]) -> Delivery:
    """A document the ERP holds and billing knows as posted."""
    delivery = queue_document(proposal(entity).pk, revision=1, actor=RELAY)
    assert delivery
    deliver()
    run_reactions()
    return delivery


def payment(erp: Feed, amount: str, **values: Any) -> TheirPayment:
    received = TheirPayment(
        f"PAY-{len(erp.payments)}", "RE-90001", Decimal(amount), "GBP", date(2026, 11, 20)
    )
    erp.payments.append(replace(received, **values))
    return erp.payments[-1]


def read(target: System, erp: Feed, clock: Clock, **values: Any) -> int:
    target.refresh_from_db()
    return reading.read_changes(target, connect=erp.connect, clock=clock, **values)


def test_documents_are_mirrored_and_payments_recorded_once(
    target: System, erp: Feed, clock: Clock, posted: Delivery
) -> None:
    payment(erp, "200.00")
    assert read(target, erp, clock) == 2
    mirrored = ErpDocument.objects.get()
    assert (mirrored.number, mirrored.proposal_id, mirrored.net) == (
        "RE-90001",
        posted.aggregate_id,
        Decimal(1000),
    )
    document = mirrored.proposal
    assert document
    assert (document.payment_status, document.paid_amount) == ("part_paid", Decimal(200))
    payment(erp, "1000.00")
    assert read(target, erp, clock) == 1
    assert read(target, erp, clock, overlap=True) == 3
    document.refresh_from_db()
    assert (document.payment_status, Payment.objects.count()) == ("paid", 2)
    assert Event.objects.filter(type="erp_document.mirrored").count() == 1
    target.refresh_from_db()
    assert target.cursor == "3"


def test_a_document_in_doubt_that_turns_up_is_looked_for_at_once(
    target: System, entity: LegalEntity, erp: Feed, clock: Clock, deliver: Callable[[], int]
) -> None:
    delivery = queue_document(proposal(entity).pk, revision=1, actor=RELAY)
    assert delivery
    erp.after_create = [OutcomeUnknown("timed out")]
    deliver()
    assert deliver() == 0
    read(target, erp, clock)
    assert deliver() == 1
    delivery.refresh_from_db()
    assert (delivery.state, len(erp.documents)) == ("delivered", 1)


def test_documents_of_other_companies_and_payments_for_them_are_none_of_ours(
    target: System, erp: Feed, clock: Clock, posted: Delivery
) -> None:
    erp.documents.append(replace(erp.documents[0], number="RE-OTHER", company="FR99", reference=""))
    payment(erp, "10.00", document="RE-OTHER")
    read(target, erp, clock)
    assert list(ErpDocument.objects.values_list("number", flat=True)) == ["RE-90001"]
    assert not Payment.objects.exists()
    assert not ExceptionItem.objects.exists()


def test_a_payment_billing_refuses_is_an_exception_until_it_is_put_right(
    target: System, erp: Feed, clock: Clock, posted: Delivery
) -> None:
    payment(erp, "200.00", currency="EUR")
    read(target, erp, clock)
    item = ExceptionItem.objects.get()
    assert (item.code, item.money_at_risk, item.currency, item.state) == (
        "payment_unmatched",
        Decimal(200),
        "EUR",
        "open",
    )
    erp.payments[0] = replace(erp.payments[0], currency="GBP")
    read(target, erp, clock, overlap=True)
    item.refresh_from_db()
    assert (item.state, Payment.objects.count()) == ("resolved", 1)


def test_a_crash_between_reading_and_storing_reads_again(
    target: System, erp: Feed, clock: Clock, posted: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment(erp, "200.00")

    def die(*_: object, **__: object) -> None:
        raise WorkerDied

    with monkeypatch.context() as patched:
        patched.setattr(reading, "record_payment", die)
        with pytest.raises(WorkerDied):
            read(target, erp, clock)
    target.refresh_from_db()
    assert (target.cursor, Payment.objects.count()) == ("1", 0)
    read(target, erp, clock)
    assert Payment.objects.count() == 1


def test_an_unreachable_system_counts_as_failed_and_a_paused_one_is_left_alone(
    target: System, erp: Feed, clock: Clock
) -> None:
    erp.failures = [Unreachable("down")]
    assert read(target, erp, clock) == 0
    target.refresh_from_db()
    assert (target.consecutive_failures, target.cursor) == (1, "")
    System.objects.update(paused_by="Ops")
    read(target, erp, clock)
    assert len(erp.asked) == 1


def test_a_document_sent_by_hand_under_our_number_is_known(
    target: System, entity: LegalEntity, erp: Feed, clock: Clock, posted: Delivery
) -> None:
    other = proposal(entity)
    confirm_posting(other.pk, erp_number="RE-MANUAL", posted_on=other.document_date, actor=RELAY)
    erp.documents.append(replace(erp.documents[0], number="RE-MANUAL", reference=""))
    read(target, erp, clock)
    assert ErpDocument.objects.get(number="RE-MANUAL").proposal == other
