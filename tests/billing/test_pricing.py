"""What a pass does beyond prices: whole contracts at a gap, changed percentages, documents that follow."""

from datetime import date
from decimal import Decimal

import pytest

from billing.models import Charge, Proposal
from contracts.actions.contracts import change_contract
from core.actors import Actor
from core.reactions import run_reactions
from reporting.invariants import offenders
from tests.billing.builders import Agreement, person
from tests.billing.documents import run_to, tax_rule

pytestmark = pytest.mark.django_db

D = Decimal
DAY = date(2026, 3, 31)


@pytest.fixture
def finance() -> Actor:
    return Actor.of(person("finance"))


def documents(agreement: Agreement) -> list[tuple[str, Decimal, Decimal]]:
    """Return kind, net and the net of the invoice it credits, in the order they were made."""
    found = Proposal.objects.filter(contract=agreement.contract).order_by("created_at", "net")
    return [(one.kind, one.net, one.credits.net if one.credits else D(0)) for one in found]


def test_a_limited_pass_that_meets_a_gap_still_recalculates_documents(finance: Actor) -> None:
    agreement = Agreement()
    agreement.rate("100", role="senior")
    tax_rule(agreement.contract)
    priced = agreement.works("10", date(2026, 3, 2))
    agreement.price()
    (proposal,) = run_to(agreement.contract, DAY, finance).proposals.all()
    agreement.correct(priced, "8")
    unpriced = agreement.works("1", date(2026, 3, 3), worker=agreement.hire("lead"))
    outcome = agreement.price(priced, unpriced)
    proposal.refresh_from_db()
    assert (proposal.net, outcome.changes[0].amount) == (D("800.00"), D("-200.00"))
    assert offenders() == {}


@pytest.mark.parametrize("policy", ["delta", "rebill"])
@pytest.mark.parametrize(
    ("before", "after", "open_amount", "document"),
    [
        ("0", "10", "-100.00", ("credit_note", D("-100.00"), D("1000.00"))),
        ("10", "20", "-100.00", ("credit_note", D("-100.00"), D("900.00"))),
        ("10", "5", "50.00", ("invoice", D("50.00"), D("0"))),
        ("10", "0", "100.00", ("invoice", D("100.00"), D("0"))),
    ],
)
def test_a_changed_discount_is_credited_or_charged_by_itself(
    policy: str, before: str, after: str, open_amount: str, document: tuple[str, Decimal, Decimal]
) -> None:
    agreement = Agreement(policy=policy, discount_percent=D(before))
    agreement.rate("100")
    entry = agreement.works("10", date(2026, 3, 2))
    agreement.price()
    agreement.fix()
    agreement.amend(date(2026, 1, 1), discount_percent=D(after))
    agreement.price()
    assert agreement.open_amounts() == [D(open_amount)]
    agreement.fix()
    assert documents(agreement)[1:] == [document]
    assert agreement.price().changes == []
    # Taking the work back afterwards negates each of the documents to the cent.
    agreement.correct(entry, None)
    agreement.price()
    agreement.fix()
    for name in ("net", "tax", "gross"):
        assert sum(getattr(one, name) for one in Proposal.objects.all()) == 0
    assert {kind for kind, _, _ in documents(agreement)[2:]} == {"credit_note"}
    assert not Charge.objects.filter(fixed_at=None).exists()
    assert offenders() == {}


def test_a_changed_price_with_a_discount_is_rebilled_as_a_whole() -> None:
    agreement = Agreement(policy="rebill", discount_percent=D(10))
    agreement.rate("100")
    agreement.works("10", date(2026, 3, 2))
    agreement.price()
    agreement.fix()
    agreement.reprice("110", date(2026, 3, 1))
    agreement.price()
    agreement.fix()
    assert sorted(documents(agreement)) == [
        ("credit_note", D("-900.00"), D("900.00")),
        ("invoice", D("900.00"), D("0")),
        ("invoice", D("990.00"), D("0")),
    ]
    assert offenders() == {}


def test_small_credits_never_take_more_tax_than_the_invoice_has() -> None:
    agreement = Agreement()
    agreement.rate("0.03")
    entries = [agreement.works("1", date(2026, 3, day)) for day in range(2, 12)]
    agreement.price()
    agreement.fix()
    assert Proposal.objects.get().tax == D("0.06")
    for entry in entries:
        agreement.correct(entry, None)
        agreement.price()
        agreement.fix()
        assert offenders() == {}
    notes = Proposal.objects.filter(kind="credit_note").order_by("created_at")
    assert [one.tax for one in notes] == [D("-0.01")] * 6 + [D(0)] * 4


def test_hours_that_change_nothing_on_the_bill_wait_for_a_document_of_substance(finance: Actor) -> None:
    agreement = Agreement(increment=D(1), increment_rounding="up")
    agreement.rate("100")
    entry = agreement.works("0.5", date(2026, 3, 2))
    agreement.price()
    agreement.fix()
    agreement.correct(entry, "0.75")
    agreement.price()
    assert agreement.open_amounts() == [D(0)]
    run = run_to(agreement.contract, DAY, finance)
    assert (run.proposals.count(), run.failures.count()) == (0, 0)
    agreement.works("1", date(2026, 3, 4))
    agreement.price()
    (proposal,) = run_to(agreement.contract, DAY, finance).proposals.all()
    assert proposal.net == D("100.00")
    assert offenders() == {}


def test_work_that_was_free_and_gets_a_price_is_charged_by_one_slice() -> None:
    agreement = Agreement()
    agreement.rate("0")
    agreement.rate("100", role="lead")
    agreement.works("10", date(2026, 3, 2))
    agreement.works("1", date(2026, 3, 3), worker=agreement.hire("lead"))
    agreement.price()
    agreement.fix()
    from contracts.models import Rate

    Rate.objects.filter(amount=0).update(amount=D(20))
    agreement.price()
    assert [row for row in agreement.charges() if not row[3]] == [("delta", D(0), D("200.00"), False)]


def test_a_refused_invoice_is_open_again_at_the_terms_of_the_day(finance: Actor) -> None:
    from billing.actions.posting import return_refused
    from billing.actions.proposals import approve_proposals, release_proposal, submit_proposals

    agreement = Agreement(policy="prospective")
    agreement.rate("100")
    agreement.works("10", date(2026, 3, 2))
    agreement.price()
    tax_rule(agreement.contract)
    (proposal,) = run_to(agreement.contract, DAY, finance).proposals.all()
    submit_proposals([proposal.pk], actor=finance)
    approve_proposals([proposal.pk], actor=Actor.of(person("finance_lead")))
    release_proposal(proposal.pk, actor=finance)
    agreement.reprice("120", date(2026, 3, 1))
    agreement.price()
    assert agreement.open_amounts() == []
    return_refused(proposal.pk, code="erp_rejected", sentence="No.", actor=finance)
    run_reactions()
    assert agreement.open_amounts() == [D("1200.00")]


def test_a_credit_note_waits_for_its_invoice(finance: Actor) -> None:
    from billing.actions.posting import confirm_posting
    from billing.actions.proposals import approve_proposals, release_proposal, submit_proposals
    from billing.policies import InvoiceFirst

    lead = Actor.of(person("finance_lead"))
    agreement = Agreement()
    agreement.rate("100")
    entry = agreement.works("10", date(2026, 3, 2))
    agreement.price()
    tax_rule(agreement.contract)
    (invoice,) = run_to(agreement.contract, DAY, finance).proposals.all()
    submit_proposals([invoice.pk], actor=finance)
    approve_proposals([invoice.pk], actor=lead)
    release_proposal(invoice.pk, actor=finance)
    agreement.correct(entry, "8")
    agreement.price()
    (credit,) = run_to(agreement.contract, DAY, finance).proposals.all()
    submit_proposals([credit.pk], actor=finance)
    approve_proposals([credit.pk], actor=lead)
    with pytest.raises(InvoiceFirst):
        release_proposal(credit.pk, actor=finance)
    credit.refresh_from_db()
    assert credit.status == "approved"
    assert not Charge.objects.filter(proposal_line__proposal=credit, fixed_at__isnull=False).exists()
    confirm_posting(invoice.pk, erp_number="RE-1", posted_on=DAY, actor=finance)
    assert release_proposal(credit.pk, actor=finance).status == "releasing"


def test_another_policy_prices_anew(finance: Actor) -> None:
    agreement = Agreement()
    agreement.rate("100")
    agreement.works("10", date(2026, 3, 2))
    agreement.price()
    agreement.fix()
    agreement.reprice("110", date(2026, 3, 1))
    agreement.price()
    assert agreement.open_amounts() == [D("100.00")]
    change_contract(
        agreement.contract.pk, actor=Actor.of(person("finance_lead")), retroactivity="prospective"
    )
    run_reactions()
    assert agreement.open_amounts() == []
