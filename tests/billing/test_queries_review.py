"""The read models of a run and its documents, whole, for one worked example."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from billing import checks
from billing.actions.proposals import approve_proposals, hold_proposal, note_proposal, submit_proposals
from billing.models import BillingRun, Charge, Proposal
from billing.queries.checks import look_at_facts, look_at_headers
from billing.queries.explanations import explain_charge
from billing.queries.proposal_review import proposal_review, reviewed
from billing.queries.run_review import RunReview, review_of, with_neighbours
from billing.queries.standing import findings_of, standings
from billing.queries.totals import CurrencySum, Totals
from core.actors import Actor
from core.models import User
from core.presentation.paper import Paper, PaperLine, PaperSection, PaperSource, PaperSum
from core.presentation.parts import Check, Fact, Kpi, Link, Step
from tests import factories
from tests.billing.builders import Agreement
from tests.billing.documents import run_to, tax_rule
from tests.billing.firms import proposed
from tests.document_factories import ProposalFactory
from tests.factories import ExceptionItemFactory

pytestmark = pytest.mark.django_db

D = Decimal


@pytest.fixture(autouse=True)
def customers_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what other apps check: these tests are about billing's own."""
    monkeypatch.setattr(checks, "_LOOKS", [look_at_facts, look_at_headers])
    own = {key: line for key, line in checks._LINES.items() if key != "customer_known"}
    monkeypatch.setattr(checks, "_LINES", own)


def read(proposal: Proposal) -> Any:
    return reviewed(Proposal.objects.all()).get(pk=proposal.pk)


def seen(run: BillingRun, user: User) -> RunReview:
    return review_of(with_neighbours(BillingRun.objects.all()).get(pk=run.pk), user)


def two_months(finance: User) -> tuple[Agreement, Proposal]:
    """Senior work at 180 to 14 March, then at 190, with a discount; February is posted, March is drafted."""
    agreement = Agreement(discount_percent=D("2.5"))
    agreement.rate("180", date(2026, 1, 1), date(2026, 3, 1))
    agreement.rate("190", date(2026, 3, 1), region="GB")
    tax_rule(agreement.contract)
    agreement.works("8", date(2026, 2, 10))
    agreement.price()
    from tests.billing.documents import invoice_everything

    invoice_everything(agreement, date(2026, 2, 28))
    approved = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
    for day in (2, 3):
        agreement.works("8", date(2026, 3, day), approved_at=approved)
    agreement.price()
    run = run_to(agreement.contract, date(2026, 3, 31), Actor.of(finance))
    return agreement, run.proposals.get()


def test_the_whole_paper_of_the_second_month(finance: User) -> None:
    agreement, proposal = two_months(finance)
    contract, card = agreement.contract, agreement.card.code
    review = proposal_review(read(proposal), finance, opened=["1"], address="/p/")
    account = proposal.billing_account
    charges = list(
        Charge.objects.filter(proposal_line__proposal=proposal, component="base").order_by("service_on")
    )
    assert review.paper == Paper(
        title="Invoice proposal",
        code=proposal.number,
        remark="Draft for review. Not a tax invoice.",
        address=(account.name, "1 High Street", "London N1 1AA GB"),
        facts=(
            Fact("Contract", contract.code, f"/contracts/{contract.code}/"),
            Fact("Purchase order", "none"),
            Fact("Date", "31 Mar 2026"),
            Fact("Period", "2–3 Mar 2026"),
            Fact("Terms", "30 days net"),
        ),
        sections=(
            PaperSection(
                agreement.project.name,
                (
                    PaperLine(
                        "Senior",
                        D("3040.00"),
                        D("16"),
                        "h",
                        rate=D("190"),
                        was_rate=D("180"),
                        changed=True,
                        href="/p/#line-1",
                        name="line-1",
                        opened=True,
                        sources=(
                            PaperSource(
                                f"{agreement.worker.name}, 2–3 Mar 2026, approved 9 Mar",
                                D("16"),
                                "h",
                                D("3040.00"),
                                f"16.00 h × 190.00: senior, GB; card {card} row from 1 Mar 2026; version 1",
                                (
                                    Link(f"Card {card}", f"/rates/{card}/"),
                                    Link(
                                        f"{contract.code} version 1",
                                        f"/contracts/{contract.code}/versions/1/",
                                    ),
                                    Link("2 Mar", f"/billing/charges/{charges[0].pk}/"),
                                    Link("3 Mar", f"/billing/charges/{charges[1].pk}/"),
                                ),
                            ),
                        ),
                    ),
                    PaperLine(
                        "Discount 2.5 %", D("-76.00"), unit="h", href="/p/?open=1,2#line-2", name="line-2"
                    ),
                ),
            ),
        ),
        sums=(PaperSum("Net", D("2964.00")), PaperSum("Standard rate at 20%", D("592.80"))),
        total_label="Total due",
        total=D("3556.80"),
        currency="GBP",
    )
    assert review.changes_title == "Changed since February"
    assert review.changes == (Check("Senior 180.00 to 190.00, version 1", "changed"),)
    assert review.passed == "8 of 8 pass"
    assert review.people == "You prepared it, so a second person approves it."
    assert review.may == {"hold", "submit", "discard", "redate", "note"}


def test_the_whole_run_of_the_second_month(finance: User) -> None:
    _, proposal = two_months(finance)
    run = proposal.run
    assert run is not None
    review = seen(run, finance)
    address = f"/billing/runs/{run.number}/"
    assert review.steps == (
        Step("Collect", "done"),
        Step("Rate", "done"),
        Step("Check", "done"),
        Step("Review", "current"),
        Step("Approve"),
        Step("Post to ERP"),
    )
    assert review.kpis == (
        Kpi("Net, 1", D("2964.00"), "GBP", href=f"/billing/proposals/?run={run.number}"),
        Kpi("Needs attention, 1", D("2964.00"), "GBP", tone="warn", href="#needs_attention"),
        Kpi("Ready, 0", D(0), "GBP", href="#ready"),
        Kpi("On hold, 0", D(0), "GBP", href="#on_hold"),
        Kpi(
            "Against February",
            D("1560.00"),
            "GBP",
            remark="+111.1%",
            signed=True,
            href=f"/billing/proposals/?legal_entity={run.legal_entity.code}"
            "&dated_from=2026-02-01&dated_to=2026-02-28",
        ),
    )
    [group] = review.groups
    [row] = group.proposals
    assert (group.key, group.label, group.totals) == (
        "needs_attention",
        "Needs attention",
        Totals(1, (CurrencySum("GBP", 1, D("2964.00")),), "GBP", D("2964.00")),
    )
    assert (row.code, row.amount, row.tag, row.href, row.current, row.selectable, row.selected) == (
        proposal.number,
        D("2964.00"),
        ("Re-rated", "info"),
        f"{address}?item={proposal.number}",
        True,
        True,
        False,
    )
    step = review.step
    assert (step.key, step.possible, step.suggested) == ("submit", frozenset([proposal.pk]), frozenset())
    assert step.sentence == "You prepared this run, so a second person approves it."
    assert (step.button, step.ready_text) == ("Send for approval", "1 needs attention")


def test_what_is_approved_goes_on_before_what_needs_attention(finance: User) -> None:
    _, attention = two_months(finance)
    assert attention.run is not None
    approved = ProposalFactory.create(run=attention.run, contract=attention.contract, approved=True)
    step = seen(attention.run, finance).step
    assert (step.key, step.suggested) == ("release", frozenset([approved.pk]))
    assert (step.button, step.ready_text) == ("Release 1 to the ERP", "1 approved")
    assert [(other.key, other.label) for other in step.others] == [("submit", "1 to send")]


def test_every_kind_of_charge_is_explained(finance: User) -> None:
    overtime = factories.WorkTypeFactory.create(code="overtime", name="Overtime", multiplier=D("1.5"))
    agreement = Agreement(policy="rebill", increment=D("0.25"), increment_rounding="up")
    agreement.rate("95.50")
    entry = agreement.works("2.2", date(2026, 3, 2), work_type=overtime)
    agreement.price()
    card = agreement.card.code
    row = f"senior; card {card} row from 1 Jan 2026; version 1"
    [charge] = Charge.objects.filter(contract=agreement.contract)
    worked = "2.25 h (2.20 h worked, rounded up to 0.25 h)"
    assert explain_charge(charge).sentence == f"{worked} × 143.25 (95.50 × 1.5): {row}"
    agreement.fix()
    invoice = agreement.contract.proposals.get()
    agreement.correct(entry, "1.1", work_type=overtime)
    agreement.price()
    sentences = [
        explain_charge(one).sentence
        for one in Charge.objects.filter(contract=agreement.contract, fixed_at=None).order_by("amount")
    ]
    anew = "1.25 h (1.10 h worked, rounded up to 0.25 h) × 143.25 (95.50 × 1.5)"
    assert sentences == [
        f"Takes back what {invoice.number} billed: −2.25 h (−2.20 h worked, rounded up to 0.25 h)"
        f" × 143.25 (95.50 × 1.5): {row}",
        f"Priced anew after the credit: {anew}: {row}",
    ]


def test_what_stands_against_a_proposal_is_named_with_its_remedy(finance: User) -> None:
    agreement, _, proposal = proposed(finance)
    account = proposal.billing_account
    account.purchase_order_required = True
    account.save(update_fields=["purchase_order_required"])
    item = ExceptionItemFactory.create(contract_id=agreement.contract.pk, flow="pricing", title="No rate")
    factories.TimeEntryFactory.create(
        submitted=True, worker=agreement.worker, task=agreement.task, work_date=date(2026, 3, 5), hours=D(4)
    )
    shown = proposal_review(read(proposal), finance).checks
    assert [(one.result, one.text, one.link) for one in shown if one.result != "passed"] == [
        (
            "failed",
            "4.00 h of 1 entry are not approved yet",
            Link(
                "See the time",
                f"/timesheets/entries/?contract={agreement.contract.code}&unapproved=true&last=2026-03-31",
            ),
        ),
        (
            "failed",
            "No rate: not on this document, which can go without it",
            Link(item.number, f"/exceptions/{item.number}/"),
        ),
        (
            "failed",
            f"{account.name} wants a purchase order, and the contract names none",
            Link("Open the contract", f"/contracts/{agreement.contract.code}/"),
        ),
    ]
    rows = [read(proposal)]
    [standing] = standings(rows, findings_of(rows)).values()
    assert (standing.group, standing.tag) == ("needs_attention", "Time missing")


def test_groups_follow_the_states(finance: User, finance_lead: User) -> None:
    _, run, proposal = proposed(finance)
    assert [group.key for group in seen(run, finance).groups] == ["ready"]
    hold_proposal(proposal.pk, actor=Actor.of(finance), reason="wait")
    assert [group.key for group in seen(run, finance).groups] == ["on_hold"]
    Proposal.objects.filter(pk=proposal.pk).update(on_hold=False)
    submit_proposals([proposal.pk], actor=Actor.of(finance))
    waiting = seen(run, finance).step
    assert (waiting.key, waiting.reason) == (
        "approve",
        "You prepared this run, so a second person approves it.",
    )
    assert seen(run, finance_lead).step.possible == {proposal.pk}
    approve_proposals([proposal.pk], actor=Actor.of(finance_lead))
    assert seen(run, finance).step.key == "release"
    assert [step.state for step in seen(run, finance).steps][-1] == "current"


def test_sums_over_currencies_are_told_per_currency_and_in_base() -> None:
    totals = Totals.of(
        [("EUR", D("100"), D("85")), ("GBP", D("10"), D("10")), ("EUR", D("1"), D("0.85"))], "GBP"
    )
    assert totals.sums == (CurrencySum("EUR", 2, D("101")), CurrencySum("GBP", 1, D("10")))
    assert (totals.amount, totals.currency, totals.base) == (D("95.85"), "GBP", D("95.85"))
    assert totals.remark == "EUR\u00a0101.00 · GBP\u00a010.00"
    assert Totals.of([("EUR", D("100"), None), ("GBP", D("10"), D("10"))], "GBP").amount is None


def test_a_note_stays_with_its_author(finance: User) -> None:
    _, _, proposal = proposed(finance)
    note_proposal(proposal.pk, text="Customer raises the PO", actor=Actor.of(finance))
    [note] = proposal_review(read(proposal), finance).notes
    assert (note.text, note.person.name if note.person else "") == ("Customer raises the PO", str(finance))
