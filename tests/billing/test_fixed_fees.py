"""Fixed fees: accepted parts and instalments that are due, as the money rules work them out."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from billing.actions.decisions import approve_adjustment, hold_source, submit_adjustment
from billing.actions.pricing import price
from billing.actions.runs import create_run, start_run
from billing.models import Charge, Waiver
from billing.pricing.scope import Scope
from billing.queries.explanations import explain_charge
from billing.tasks import advance_runs
from contracts.models import Contract
from core.actors import Actor
from core.models import ExceptionItem, User
from core.reactions import run_reactions
from projects.actions.milestones import complete_milestone, plan_milestones
from reporting.invariants import offenders
from tests.billing.builders import PRICING, Agreement
from tests.billing.documents import invoice_everything, run_to, tax_rule
from tests.factories import (
    BillingAccountFactory,
    ContractLineFactory,
    ContractVersionFactory,
    InstalmentTermFactory,
    MilestoneTermFactory,
    PayerFactory,
    ProjectFactory,
)
from tests.personas import page_client, person
from tests.projects.fixed_fees import amend_fee, delivered, done, fixed_fee, signed, waiting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files")]

D = Decimal
DAY = date(2026, 11, 20)


def priced(contract: Contract, until: date = DAY) -> None:
    price(Scope(frozenset([contract.pk]), until=until), actor=PRICING)
    assert offenders() == {}
    again = price(Scope(frozenset([contract.pk]), until=until), actor=PRICING)
    assert again.changes == []


def charges(contract: Contract, **narrowed: Any) -> list[tuple[date, str, Decimal, bool]]:
    rows = Charge.objects.filter(contract=contract, **narrowed).order_by(
        "service_on", "component", "created_at"
    )
    return [(row.service_on, row.component, row.amount, row.billable) for row in rows]


@pytest.mark.parametrize("policy", ["delta", "rebill", "prospective"])
@pytest.mark.parametrize("fixed", [False, True])
def test_figure_5_accepted_parts_keep_the_terms_approved_at_their_sign_off(policy: str, fixed: bool) -> None:
    contract = fixed_fee({"amount": D("100000"), "name": "Go live"}, contract={"retroactivity": policy})
    milestone = done(delivered(contract).milestones.get(), on=date(2026, 3, 2))
    priced(contract)
    assert charges(contract) == []
    signed(milestone, "60", on=date(2026, 3, 4))
    priced(contract)
    assert charges(contract) == [(date(2026, 3, 4), "base", D("60000.00"), True)]
    if fixed:
        tax_rule(contract)
        invoice(contract)
    amend_fee(
        contract,
        date(2026, 2, 1),
        {"amount": D("120000"), "name": "Go live"},
        approved_at=datetime(2026, 3, 10, tzinfo=UTC),
    )
    priced(contract)
    assert charges(contract) == [(date(2026, 3, 4), "base", D("60000.00"), True)]
    signed(milestone, on=date(2026, 3, 20))
    priced(contract)
    assert charges(contract) == [
        (date(2026, 3, 4), "base", D("60000.00"), True),
        (date(2026, 3, 20), "base", D("48000.00"), True),
    ]
    assert not Waiver.objects.exists()


def invoice(contract: Contract) -> None:
    class Told:
        def __init__(self, contract: Contract) -> None:
            self.contract = contract

    invoice_everything(Told(contract))  # type: ignore[arg-type]


def test_signing_off_prices_by_itself() -> None:
    milestone = waiting({"amount": D("100000")})
    signed(milestone)
    run_reactions()
    assert [amount for _, _, amount, _ in charges(milestone.contract)] == [D("100000.00")]


def test_a_rejection_takes_back_nothing_that_was_accepted() -> None:
    milestone = waiting({"amount": D("100000")})
    signed(milestone, "60")
    signed(milestone, kind="rejected")
    priced(milestone.contract)
    assert [amount for _, _, amount, _ in charges(milestone.contract)] == [D("60000.00")]


def test_parts_of_one_amount_add_up_to_it() -> None:
    milestone = waiting({"amount": D("100.00")})
    for _ in range(2):
        signed(milestone, "33.3333")
    signed(milestone)
    priced(milestone.contract)
    amounts = sorted(amount for _, _, amount, _ in charges(milestone.contract))
    assert amounts == [D("33.33"), D("33.33"), D("33.34")]


def test_below_the_required_percent_nothing_is_billable() -> None:
    contract = fixed_fee({"amount": D("100"), "required_percent": D(80)})
    milestone = complete_milestone(
        delivered(contract).milestones.get().pk,
        on=date(2026, 11, 2),
        today=DAY,
        percent=D(80),
        actor=PRICING,
    )
    stricter = {"amount": D("100"), "required_percent": D(90)}
    amend_fee(contract, date(2026, 1, 1), stricter, approved_at=datetime(2026, 11, 3, tzinfo=UTC))
    signed(milestone)
    priced(contract)
    row = Charge.objects.get()
    assert (row.amount, row.billable, row.not_billable_reason) == (D("100.00"), False, "below_required")
    assert "progress 80 % is below the 90 % the terms require" in explain_charge(row).sentence


def test_a_discount_and_payers_hold_for_parts_too() -> None:
    contract = fixed_fee({"amount": D("100.00")}, discount_percent=D(10))
    version = contract.versions.get()
    version.payers.update(percent=D("66.6667"))
    other = BillingAccountFactory.create(customer=contract.customer)
    PayerFactory.create(
        contract_version=version, billing_account=other, percent=D("33.3333"), takes_rounding=False
    )
    milestone = done(delivered(contract).milestones.get())
    signed(milestone)
    priced(contract)
    sums = [
        sum((amount for _, part, amount, _ in charges(contract) if part == name), D(0))
        for name in ("base", "discount")
    ]
    assert sums == [D("100.00"), D("-10.00")]
    shares = Charge.objects.filter(contract=contract, billing_account=other).order_by("component")
    assert [row.amount for row in shares] == [D("33.33"), D("-3.33")]


def test_an_amount_explains_itself() -> None:
    milestone = waiting({"amount": D("100000"), "name": "Go live"})
    signed(milestone, "60")
    signed(milestone)
    priced(milestone.contract)
    said = [explain_charge(row).sentence for row in Charge.objects.order_by("service_on", "amount")]
    signed_off = "signed off by document on 4 Nov 2026 by Grace Hopper; version 1"
    assert said == [
        f"40 % of 100,000.00 for Go live after 60 %, {signed_off}",
        f"60 % of 100,000.00 for Go live, {signed_off}",
    ]


def test_hours_on_a_fixed_fee_stand_as_effort_of_nothing() -> None:
    agreement = Agreement(billing_method="milestones")
    agreement.rate("150")
    agreement.works("8", date(2026, 3, 2))
    agreement.price()
    row = Charge.objects.get()
    facts = (row.component, row.amount, row.worked_quantity, row.billable, row.not_billable_reason)
    assert facts == ("effort", D(0), D(8), False, "fixed_fee")
    assert explain_charge(row).sentence == "8.00 h covered by the fixed fee of the line"
    assert offenders() == {}


def rented(policy: str = "delta", **first: Any) -> Contract:
    """Return a contract of three instalments of 3,000 due on the first of January, February and March."""
    contract = fixed_fee(contract={"retroactivity": policy})
    version = contract.versions.get()
    version.lines.all().delete()
    rent(version, *(date(2026, n, 1) for n in (1, 2, 3)), **first)
    ProjectFactory.create(contract=contract)
    tax_rule(contract)
    return contract


def rent(version: Any, *days: date, amount: str = "3000.00") -> None:
    line = ContractLineFactory.create(
        contract_version=version, key="rent", name="Licence", billing_method="instalments"
    )
    for number, day in enumerate(days, start=1):
        InstalmentTermFactory.create(line=line, key=f"i{number}", due_on=day, amount=D(amount))


def amend_rent(contract: Contract, since: date, *days: date, amount: str = "3000.00") -> None:
    version = ContractVersionFactory.create(
        contract=contract,
        number=contract.versions.count() + 1,
        effective_from=since,
        approved_at=timezone.now(),
    )
    rent(version, *days, amount=amount)
    account = contract.versions.get(number=1).payers.get().billing_account
    PayerFactory.create(contract_version=version, billing_account=account)


def days_of(contract: Contract) -> list[tuple[date, Decimal]]:
    return [(on, amount) for on, _, amount, _ in charges(contract)]


def test_instalments_are_charged_from_their_day_on() -> None:
    contract = rented()
    found = []
    for until in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 2, 28), date(2026, 3, 1)):
        priced(contract, until)
        found.append(len(days_of(contract)))
    assert found == [0, 1, 2, 3]
    assert days_of(contract) == [(date(2026, n, 1), D("3000.00")) for n in (1, 2, 3)]
    sentence = explain_charge(Charge.objects.earliest("service_on")).sentence
    assert sentence == "Instalment i1 due 1 Jan 2026; version 1"


def test_what_stands_on_a_document_stays_when_the_pass_looks_less_far() -> None:
    contract = rented()
    priced(contract, date(2026, 3, 1))
    run_to(contract, date(2026, 3, 31), Actor.of(person("finance")))
    priced(contract, date(2026, 1, 15))
    assert len(days_of(contract)) == 3


@pytest.mark.parametrize(
    ("since", "days", "expected"),
    [
        # Moved later, before it was due.
        (date(2026, 2, 15), (1, 1, 2, 1, 4, 1), [(1, 1), (2, 1), (4, 1)]),
        # Moved earlier than the amendment begins: it is due when that begins.
        (date(2026, 2, 15), (1, 1, 2, 1, 1, 20), [(1, 1), (2, 1), (2, 15)]),
        # What fell due under the terms before stays as it fell due.
        (date(2026, 2, 15), (5, 1, 2, 1, 3, 1), [(1, 1), (2, 1), (3, 1)]),
        # In force from the beginning, it moves everything.
        (date(2026, 1, 1), (5, 1, 2, 1, 3, 1), [(2, 1), (3, 1), (5, 1)]),
    ],
)
def test_an_amendment_moves_instalments(
    since: date, days: tuple[int, ...], expected: list[tuple[int, int]]
) -> None:
    contract = rented()
    pairs = zip(days[::2], days[1::2], strict=True)
    amend_rent(contract, since, *(date(2026, month, day) for month, day in pairs))
    priced(contract)
    assert [on for on, _ in days_of(contract)] == [date(2026, *pair) for pair in expected]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("delta", ["500.00", "3000.00"]),
        ("rebill", ["-3000.00", "3000.00", "3500.00"]),
        ("prospective", ["3000.00"]),
    ],
)
def test_a_changed_instalment_follows_the_policy_of_the_contract(policy: str, expected: list[str]) -> None:
    contract = rented(policy)
    priced(contract, date(2026, 1, 31))
    invoice(contract)
    days = tuple(date(2026, n, 1) for n in (1, 2, 3))
    amend_rent(contract, date(2026, 1, 1), *days, amount="3500.00")
    priced(contract, date(2026, 1, 31))
    assert [row.amount for row in Charge.objects.order_by("amount")] == [D(text) for text in expected]
    assert Waiver.objects.filter(source_type="instalment").count() == (1 if policy == "prospective" else 0)


def test_a_document_names_milestones_and_instalments() -> None:
    contract = rented()
    line = ContractLineFactory.create(
        contract_version=contract.versions.get(), key="fee", name="Platform", billing_method="milestones"
    )
    MilestoneTermFactory.create(line=line, key="m1", name="Go live", amount=D("1000"))
    project = contract.projects.get()
    plan_milestones(contract.pk, actor=PRICING)
    signed(done(project.milestones.get(), on=date(2026, 3, 2)), "60", on=date(2026, 3, 4))
    priced(contract)
    run = run_to(contract, date(2026, 3, 31), Actor.of(person("finance")))
    lines = run.proposals.get().lines.order_by("position")
    told = [(row.description, row.quantity, row.unit, row.net) for row in lines]
    assert told == [
        ("Licence, instalment due 1 Jan 2026", D(1), "item", D("3000.00")),
        ("Licence, instalment due 1 Feb 2026", D(1), "item", D("3000.00")),
        ("Licence, instalment due 1 Mar 2026", D(1), "item", D("3000.00")),
        ("Go live, 60 % accepted", D(1), "item", D("600.00")),
    ]


def test_a_milestone_without_terms_in_force_is_an_exception_not_a_price() -> None:
    contract = fixed_fee({"amount": D("1000")})
    milestone = done(delivered(contract).milestones.get(), on=date(2026, 3, 2))
    contract.versions.update(effective_from=date(2026, 6, 1))
    signed(milestone, on=date(2026, 3, 4))
    price(Scope.of([contract.pk]), actor=PRICING)
    assert charges(contract) == []
    assert ExceptionItem.objects.get().code == "contract_incomplete"


def test_nothing_ahead_of_today_is_charged_without_being_asked() -> None:
    contract = rented()
    ahead = timezone.localdate() + timedelta(days=30)
    amend_rent(contract, date(2026, 1, 1), date(2026, 1, 1), ahead)
    price(Scope.of([contract.pk]), actor=PRICING)
    assert [on for on, _ in days_of(contract)] == [date(2026, 1, 1)]


def test_a_run_whose_cut_off_is_ahead_bills_what_falls_due_until_then() -> None:
    contract = rented()
    today = timezone.localdate()
    amend_rent(contract, date(2026, 1, 1), today, today + timedelta(days=20), today + timedelta(days=40))
    actor = Actor.of(person("finance"))
    cut_off = today + timedelta(days=30)
    run = create_run(contract.legal_entity_id, cut_off=cut_off, document_date=cut_off, actor=actor)
    start_run(run.pk, actor=actor)
    advance_runs()
    price(Scope.of([contract.pk]), actor=PRICING)
    days = [on for on, _ in days_of(contract)]
    assert (days, run.proposals.get().net) == ([today, today + timedelta(days=20)], D("6000.00"))


def test_a_milestones_page_tells_what_it_billed(finance: User) -> None:
    milestone = waiting({"amount": D("100000"), "name": "Go live"})
    signed(milestone, "60")
    priced(milestone.contract)
    html = page_client(finance).get(reverse("milestone", args=[milestone.code])).content.decode()
    assert "60 % of 100,000.00 for Go live, signed off by document" in html


def test_a_decision_about_a_part_names_what_it_is_about() -> None:
    milestone = waiting({"amount": D("100000")})
    part = signed(milestone)
    priced(milestone.contract)
    lead, finance = Actor.of(person("finance_lead")), Actor.of(person("finance"))
    asked = submit_adjustment(
        milestone.contract_id,
        source_id=part.pk,
        kind="write_down",
        amount=D("5000"),
        code="goodwill",
        actor=finance,
        reason="late",
    )
    approve_adjustment(asked.pk, actor=lead)
    priced(milestone.contract)
    held = hold_source(milestone.contract_id, source_id=part.pk, actor=finance, reason="wait")
    assert (asked.source_type, held.source_type) == ("milestone", "milestone")
    assert [amount for _, _, amount, _ in charges(milestone.contract)] == [D("100000.00"), D("-5000.00")]
