"""Both sides of a month: whole results of a comparison, and what people do with its breaks."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum

from billing.models import ErpDocument, Proposal
from core.actors import Actor
from core.errors import Forbidden
from core.models import ExceptionItem, LegalEntity, User
from integrations.actions.breaks import accept_difference, propose_explanation, reject_explanation
from integrations.actions.deliveries import operation_id
from integrations.actions.reconciliation import (
    BreaksLeft,
    NotRouted,
    request_reconciliation,
    sign_off_reconciliation,
)
from integrations.adapters import TheirDocument, Unreachable
from integrations.models import Break, Delivery, ReconciliationRun, System
from integrations.policies import SamePerson
from integrations.relay.reconciling import reconcile
from tests.factories import LegalEntityFactory
from tests.integrations.builders import proposal, routed_entity, system
from tests.integrations.fakes import FakeErp
from tests.personas import person

pytestmark = pytest.mark.django_db
NOVEMBER = date(2026, 11, 1)
Compare = Callable[..., ReconciliationRun]


@pytest.fixture
def erp() -> FakeErp:
    return FakeErp()


@pytest.fixture
def target(db: None) -> System:
    return system()


@pytest.fixture
def entity(target: System) -> LegalEntity:
    return routed_entity(target)


@pytest.fixture
def compare(target: System, entity: LegalEntity, erp: FakeErp) -> Compare:
    """Ask for a comparison and carry it out."""

    def run(month: date = NOVEMBER) -> ReconciliationRun:
        asked = request_reconciliation(
            target.pk, legal_entity_id=entity.pk, month=month, actor=Actor.system("test")
        )
        done = reconcile(asked.pk, connect=erp.connect)
        assert_sums_hold(done)
        return done

    return run


def assert_sums_hold(run: ReconciliationRun) -> None:
    """I6: per currency, ours − theirs is the sum of the live breaks."""
    live = Break.objects.filter(legal_entity=run.legal_entity, month=run.month).exclude(state="matched")
    for currency, sides in run.totals.items():
        explained = live.filter(currency=currency).aggregate(net=Sum("difference"), tax=Sum("tax_difference"))
        gap = Decimal(sides["our_net"]) - Decimal(sides["their_net"])
        tax_gap = Decimal(sides["our_tax"]) - Decimal(sides["their_tax"])
        assert (gap, tax_gap) == (explained["net"] or 0, explained["tax"] or 0)


def theirs(document: Proposal, **values: Any) -> TheirDocument:
    """Return the ERP's twin of one of our posted documents."""
    twin = TheirDocument(
        number=document.erp_number,
        company="UK01",
        kind=document.kind,
        state="posted",
        customer=f"C-{document.billing_account.code}",
        reference="",
        purchase_order="",
        document_date=document.document_date,
        currency=document.currency,
        net=document.net,
        tax=document.tax,
        gross=document.gross,
    )
    return replace(twin, **values)


def facts() -> list[tuple[Any, ...]]:
    """Return every live break as (key, kind, currency, ours, theirs, difference, tax, state)."""
    rows = Break.objects.exclude(state="matched").order_by("month", "key")
    return [
        (row.key, row.kind, row.currency, row.ours, row.theirs, row.difference, row.tax_difference, row.state)
        for row in rows
    ]


def d(text: str) -> Decimal:
    return Decimal(text)


def test_a_month_that_agrees_has_totals_and_no_breaks(
    entity: LegalEntity, erp: FakeErp, compare: Compare
) -> None:
    documents = [proposal(entity, status="posted"), proposal(entity, status="posted", net="250.50")]
    proposal(entity, status="draft")
    erp.documents = [theirs(document) for document in documents]
    run = compare()
    assert (run.matched, run.breaks, run.error) == (2, 0, "")
    assert run.totals == {
        "GBP": {
            "currency": "GBP",
            "our_count": 2,
            "our_net": "1250.5000",
            "our_tax": "250.1000",
            "their_count": 2,
            "their_net": "1250.5000",
            "their_tax": "250.1000",
        }
    }
    assert facts() == []


def test_every_kind_of_difference_in_one_month(entity: LegalEntity, erp: FakeErp, compare: Compare) -> None:
    made = {name: proposal(entity, status="posted", net="1000.00") for name in KINDS}
    amount, tax, missing, day, month, money, void, twice = made.values()
    waiting = proposal(entity, status="releasing", net="700.00")
    erp.documents = [
        theirs(amount, net=d("900.00"), tax=d("180.00"), gross=d("1080.00")),
        theirs(tax, tax=d("200.01"), gross=d("1200.01")),
        theirs(day, document_date=date(2026, 11, 19)),
        theirs(month, document_date=date(2026, 12, 1)),
        theirs(money, currency="EUR"),
        theirs(void, state="void"),
        theirs(twice),
        theirs(twice, number="RE-COPY", reference=reference_of(twice)),
        by_hand("RE-HAND", "17500.00"),
        replace(by_hand("RE-DRAFT", "50.00"), state="draft"),
    ]
    run = compare()
    assert (run.matched, run.breaks) == (1, 11)
    thousand, tax_of = d("1000"), d("200")
    expected = [
        (amount.number, "amount", "GBP", thousand, d("900"), d("100"), d("20"), "open"),
        (tax.number, "amount", "GBP", thousand, thousand, d("0"), d("-0.01"), "open"),
        (missing.number, "missing_there", "GBP", thousand, None, thousand, tax_of, "open"),
        (day.number, "date", "GBP", thousand, thousand, d("0"), d("0"), "open"),
        (month.number, "date", "GBP", thousand, None, thousand, tax_of, "open"),
        (money.number, "currency", "GBP", thousand, None, thousand, tax_of, "open"),
        (money.erp_number, "currency", "EUR", None, thousand, -thousand, -tax_of, "open"),
        (void.number, "status", "GBP", thousand, None, thousand, tax_of, "open"),
        (waiting.number, "missing_there", "GBP", d("700"), None, d("700"), d("140"), "open"),
        ("RE-COPY", "duplicate", "GBP", None, thousand, -thousand, -tax_of, "open"),
        ("RE-HAND", "missing_here", "GBP", None, d("17500"), d("-17500"), d("-3500"), "open"),
    ]
    assert facts() == sorted(expected)
    assert ExceptionItem.objects.filter(code="break_open", state="open").count() == len(expected)
    december = compare(date(2026, 12, 1))
    assert (december.matched, december.breaks) == (0, 1)
    assert facts()[-1] == (month.number, "date", "GBP", None, thousand, -thousand, -tax_of, "open")


KINDS = ("amount", "tax", "missing", "day", "month", "money", "void", "twice")


def reference_of(document: Proposal) -> str:
    """Write the message a document was sent by, and return its operation id."""
    operation = operation_id("erp", "invoice", document.pk, "post_document", 1)
    Delivery.objects.create(
        system=System.objects.get(),
        legal_entity=document.legal_entity,
        aggregate_type="billing.proposal",
        aggregate_id=document.pk,
        aggregate_label=document.number,
        delivery_seq=1,
        operation="post_document",
        operation_id=operation,
        payload={},
        payload_sha256="",
        state="delivered",
        correlation_id="test",
    )
    return str(operation)


def by_hand(number: str, net: str) -> TheirDocument:
    amount = d(net)
    return TheirDocument(
        number=number,
        company="UK01",
        kind="invoice",
        state="posted",
        customer="C-1",
        reference="",
        purchase_order="",
        document_date=date(2026, 11, 20),
        currency="GBP",
        net=amount,
        tax=amount / 5,
        gross=amount * 6 / 5,
        customer_name="Castlegate Insurance",
    )


def test_running_again_changes_nothing_and_a_corrected_side_closes_its_break(
    entity: LegalEntity, erp: FakeErp, compare: Compare
) -> None:
    document = proposal(entity, status="posted")
    erp.documents = [theirs(document, net=d("900.00"), tax=d("180.00"), gross=d("1080.00"))]
    compare()
    versions = list(Break.objects.values_list("pk", "version"))
    compare()
    assert list(Break.objects.values_list("pk", "version")) == versions
    item = ExceptionItem.objects.get()
    assert (item.state, item.money_at_risk, item.blocks_release, item.contract_id, item.attempts) == (
        "open",
        d("100"),
        True,
        document.contract_id,
        1,
    )
    erp.documents = [theirs(document)]
    run = compare()
    item.refresh_from_db()
    assert (run.matched, facts(), item.state, item.resolution) == (1, [], "resolved", "Both sides agree now.")


def test_a_deleted_document_is_missed(entity: LegalEntity, erp: FakeErp, compare: Compare) -> None:
    document = proposal(entity, status="posted")
    erp.documents = [theirs(document)]
    compare()
    erp.documents = []
    run = compare()
    assert [row[:2] for row in facts()] == [(document.number, "missing_there")]
    assert (run.matched, ErpDocument.objects.get().state) == (0, "deleted")


def test_differences_within_the_tolerance_are_accepted_by_rule(
    target: System, entity: LegalEntity, erp: FakeErp, compare: Compare
) -> None:
    System.objects.update(tolerance=d("5.00"))
    document = proposal(entity, status="posted", net="10615.65")
    erp.documents = [theirs(document, net=d("10614.41"), tax=d("2122.88"), gross=d("12737.29"))]
    run = compare()
    row = Break.objects.get()
    assert (row.state, row.explanation, row.accepted_by) == ("explained", "Within the tolerance of 5.", None)
    assert (run.breaks, ExceptionItem.objects.count()) == (0, 0)


def test_two_people_accept_a_difference_and_a_new_amount_opens_it_again(
    entity: LegalEntity, erp: FakeErp, compare: Compare
) -> None:
    document = proposal(entity, status="posted")
    erp.documents = [theirs(document, net=d("900.00"), tax=d("180.00"), gross=d("1080.00"))]
    run = compare()
    proposer, accepter = Actor.of(person("finance")), Actor.of(person("finance"))
    row = propose_explanation(Break.objects.get().pk, explanation="Agreed by phone", actor=proposer)
    with pytest.raises(SamePerson):
        accept_difference(row.pk, actor=proposer)
    with pytest.raises(BreaksLeft, match="1 break is left"):
        sign_off_reconciliation(run.pk, actor=proposer)
    row.refresh_from_db()
    assert (row.state, row.accepted_by) == ("proposed", None)
    accept_difference(row.pk, actor=accepter)
    run = compare()
    assert (run.breaks, ExceptionItem.objects.get().state) == (0, "resolved")
    sign_off_reconciliation(run.pk, actor=proposer)
    erp.documents = [theirs(document, net=d("800.00"), tax=d("160.00"), gross=d("960.00"))]
    run = compare()
    assert (run.breaks, run.signed_off_at, facts()[0][-1]) == (1, None, "open")


def test_an_explanation_can_be_sent_back(entity: LegalEntity, erp: FakeErp, compare: Compare) -> None:
    proposal(entity, status="posted")
    compare()
    proposer = Actor.of(person("finance"))
    row = propose_explanation(Break.objects.get().pk, explanation="Posted tomorrow", actor=proposer)
    row = reject_explanation(row.pk, actor=Actor.of(person("finance_lead")), reason="No")
    assert (row.state, row.explanation, row.proposed_by) == ("open", "", None)


def test_who_may_not_work_on_an_entity_changes_nothing(
    entity: LegalEntity, target: System, compare: Compare
) -> None:
    proposal(entity, status="posted")
    compare()
    outsider = Actor.of(person("finance", entity=LegalEntityFactory.create()))
    before = facts()
    with pytest.raises(Forbidden):
        propose_explanation(Break.objects.get().pk, explanation="Mine", actor=outsider)
    with pytest.raises(Forbidden):
        request_reconciliation(target.pk, legal_entity_id=entity.pk, month=NOVEMBER, actor=outsider)
    assert (facts(), ReconciliationRun.objects.count()) == (before, 1)


def test_an_erp_that_cannot_be_read_leaves_the_breaks_as_they_were(
    entity: LegalEntity, target: System, erp: FakeErp, compare: Compare
) -> None:
    proposal(entity, status="posted")
    compare()
    before = facts()
    erp.before_find = [Unreachable("down")]
    asked = request_reconciliation(
        target.pk, legal_entity_id=entity.pk, month=NOVEMBER, actor=Actor.system("test")
    )
    run = reconcile(asked.pk, connect=erp.connect)
    assert (run.error, run.completed_at, facts()) == ("The ERP could not be read: down", None, before)


def test_asking_twice_gives_one_comparison_and_unrouted_entities_are_refused(
    entity: LegalEntity, target: System, finance: User
) -> None:
    actor = Actor.of(finance)
    runs = [
        request_reconciliation(target.pk, legal_entity_id=entity.pk, month=NOVEMBER, actor=actor)
        for _ in range(2)
    ]
    assert runs[0] == runs[1]
    with pytest.raises(NotRouted):
        request_reconciliation(
            target.pk, legal_entity_id=LegalEntityFactory.create().pk, month=NOVEMBER, actor=actor
        )
