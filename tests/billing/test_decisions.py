"""Decisions follow the work they change: on its document, never beyond what it bills, off with it."""

from datetime import date
from decimal import Decimal

import pytest

from billing.actions.decisions import (
    AdjustmentInvalid,
    SourceInvoiced,
    approve_adjustment,
    hold_source,
    submit_adjustment,
)
from billing.actions.proposals import approve_proposals, release_proposal, submit_proposals
from billing.models import Adjustment, Charge, Proposal
from core.actors import Actor
from reporting.invariants import offenders
from tests.billing.builders import Agreement, person
from tests.billing.documents import post, run_to, tax_rule

pytestmark = pytest.mark.django_db

D = Decimal
DAY = date(2026, 3, 31)


@pytest.fixture
def finance() -> Actor:
    return Actor.of(person("finance"))


@pytest.fixture
def lead() -> Actor:
    return Actor.of(person("finance_lead"))


def agreed(**terms: object) -> Agreement:
    """Return an agreement at 150 an hour whose entity has a tax rule."""
    agreement = Agreement(**terms)  # type: ignore[arg-type]
    agreement.rate("150")
    tax_rule(agreement.contract)
    return agreement


def test_a_decision_in_review_joins_the_document_of_its_work(finance: Actor, lead: Actor) -> None:
    agreement = agreed()
    entry = agreement.works("10", date(2026, 3, 2))
    agreement.price()
    (proposal,) = run_to(agreement.contract, DAY, finance).proposals.all()
    submit_proposals([proposal.pk], actor=finance)
    approve_proposals([proposal.pk], actor=lead)
    agreement.decide(entry, "write_down", "300.00")
    agreement.price(entry)
    proposal.refresh_from_db()
    assert (proposal.status, proposal.net) == ("draft", D("1200.00"))
    assert not Charge.objects.filter(proposal_line=None).exists()
    assert offenders() == {}
    post([proposal], finance, lead)
    assert agreement.open_amounts() == []


def test_a_discount_agreed_during_review_joins_the_document(finance: Actor) -> None:
    agreement = agreed()
    agreement.works("10", date(2026, 3, 2))
    agreement.price()
    (proposal,) = run_to(agreement.contract, DAY, finance).proposals.all()
    agreement.amend(date(2026, 3, 1), discount_percent=D(10))
    agreement.price()
    proposal.refresh_from_db()
    assert proposal.net == D("1350.00")
    assert offenders() == {}


def test_reductions_never_take_more_than_the_work_bills(finance: Actor) -> None:
    agreement = agreed()
    entry = agreement.works("10", date(2026, 3, 2))
    agreement.price()
    agreement.decide(entry, "write_down", "1000.00")
    agreement.price(entry)
    with pytest.raises(AdjustmentInvalid) as refused:
        agreement.decide(entry, "write_down", "500.01")
    assert refused.value.sentence == "The work bills 500.00: it cannot be reduced by 500.01."
    agreement.decide(entry, "write_down", "400.00")
    agreement.correct(entry, "8")
    agreement.price()
    assert agreement.open_amounts() == [D("-1000.00"), D("-200.00"), D("1200.00")]


def test_a_reduction_that_waits_for_approval_takes_its_room(finance: Actor) -> None:
    agreement = agreed()
    entry = agreement.works("10", date(2026, 3, 2))
    agreement.price()
    asked = {"source_id": entry.root_id, "kind": "write_down", "code": "x", "actor": finance, "reason": "y"}
    submit_adjustment(agreement.contract.pk, amount=D(1000), **asked)  # type: ignore[arg-type]
    with pytest.raises(AdjustmentInvalid):
        submit_adjustment(agreement.contract.pk, amount=D(600), **asked)  # type: ignore[arg-type]
    assert Adjustment.objects.count() == 1


def test_an_amount_finer_than_the_currency_is_refused(finance: Actor) -> None:
    agreement = agreed(currency="JPY")
    entry = agreement.works("10", date(2026, 3, 2))
    agreement.price()
    with pytest.raises(AdjustmentInvalid) as refused:
        agreement.decide(entry, "write_down", "0.5")
    assert refused.value.field == "amount"
    assert not Adjustment.objects.exists()


@pytest.mark.parametrize("kind", ["write_down", "write_up"])
def test_a_write_off_covers_the_decisions_of_its_work(kind: str) -> None:
    agreement = agreed()
    entry = agreement.works("10", date(2026, 3, 2))
    agreement.price()
    agreement.decide(entry, kind, "300.00")
    agreement.price()
    agreement.decide(entry, "write_off")
    agreement.price()
    assert agreement.open_amounts() == []
    reasons = Charge.objects.values_list("component", "not_billable_reason").order_by("component")
    assert list(reasons) == [("base", "written_off"), (kind, "written_off")]


def test_a_decision_is_not_approved_once_its_work_went_out(finance: Actor, lead: Actor) -> None:
    agreement = agreed()
    entry = agreement.works("10", date(2026, 3, 2))
    agreement.price()
    adjustment = submit_adjustment(
        agreement.contract.pk,
        source_id=entry.root_id,
        kind="write_down",
        amount=D(300),
        code="goodwill",
        actor=finance,
        reason="agreed",
    )
    agreement.fix()
    with pytest.raises(SourceInvoiced):
        approve_adjustment(adjustment.pk, actor=lead)
    adjustment.refresh_from_db()
    assert (adjustment.status, agreement.price().changes) == ("submitted", [])


def test_release_prices_a_decision_with_the_work_it_changes(finance: Actor, lead: Actor) -> None:
    agreement = agreed()
    entry = agreement.works("10", date(2026, 3, 2))
    agreement.price()
    agreement.decide(entry, "write_up", "300.00")
    agreement.price()
    base = Charge.objects.get(component="base")
    (proposal,) = run_to(agreement.contract, DAY, finance).proposals.all()
    # As after a share moved: the decision stands on a document without its work.
    Charge.objects.filter(pk=base.pk).update(status="open", proposal_line=None)
    Proposal.objects.filter(pk=proposal.pk).update(net=300, tax=60, gross=360)
    from billing.drafting.build import recalculate

    recalculate([proposal.pk], actor=finance)
    submit_proposals([proposal.pk], actor=finance)
    approve_proposals([proposal.pk], actor=lead)
    assert release_proposal(proposal.pk, actor=finance).status == "releasing"
    proposal.refresh_from_db()
    assert proposal.net == D("300.00")


def test_holding_work_holds_its_decisions(finance: Actor) -> None:
    agreement = agreed()
    entry = agreement.works("10", date(2026, 3, 2))
    agreement.works("1", date(2026, 3, 3))
    agreement.price()
    agreement.decide(entry, "write_down", "300.00")
    agreement.price()
    (proposal,) = run_to(agreement.contract, DAY, finance).proposals.all()
    assert proposal.net == D("1350.00")
    hold_source(agreement.contract.pk, source_id=entry.root_id, actor=finance, reason="customer asks")
    proposal.refresh_from_db()
    assert proposal.net == D("150.00")
    assert offenders() == {}


def test_rebilling_takes_back_the_decisions_with_the_work() -> None:
    agreement = agreed(policy="rebill")
    entry = agreement.works("10", date(2026, 3, 2))
    agreement.price()
    agreement.decide(entry, "write_down", "300.00")
    agreement.price()
    agreement.fix()
    agreement.reprice("140", date(2026, 3, 1))
    agreement.price()
    assert agreement.open_amounts() == [D("-1500.00"), D("-300.00"), D("300.00"), D("1400.00")]
    agreement.fix()
    documents = Proposal.objects.order_by("net").values_list("kind", "net")
    assert list(documents) == [
        ("credit_note", D("-1200.00")),
        ("invoice", D("1100.00")),
        ("invoice", D("1200.00")),
    ]
    assert offenders() == {}
