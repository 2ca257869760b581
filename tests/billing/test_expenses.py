"""Expenses as the money rules work them out: cost and markup, ceilings, units, foreign spend, corrections."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from billing.models import Charge, ProposalLine, Waiver
from billing.queries.explanations import explain_charge, explained
from contracts.models import Contract
from core.actors import Actor
from core.models import AccountingPeriod, ExceptionItem
from core.reactions import run_reactions
from core.stewardship import note_edit
from core.verbs import acting
from reporting.invariants import offenders
from tests import factories
from tests.billing.builders import Agreement
from tests.timesheets.builders import TODAY, Firm
from tests.timesheets.expense_builders import approved_expense, categories, instead
from timesheets.actions.expense_corrections import correct_expense
from timesheets.actions.expense_decisions import approve_expenses
from timesheets.models import Expense

pytestmark = pytest.mark.django_db

D = Decimal
DAY = date(2026, 3, 3)


@pytest.fixture
def firm(db: None) -> Firm:
    """One project, its manager and an assigned consultant."""
    return Firm()


def spend(agreement: Agreement, net: str, **fields: Any) -> Expense:
    """Record an approved expense of a hotel on 3 March."""
    made: Expense = factories.ExpenseFactory.create(
        approved=True,
        worker=agreement.worker,
        task=agreement.task,
        net=D(net),
        **{"spent_on": DAY, "currency_id": "GBP", **fields},
    )
    return made


def rule(agreement: Agreement, **fields: Any) -> None:
    """Add a rule to the newest version."""
    version = agreement.contract.versions.order_by("-number")[0]
    factories.ExpenseRuleFactory.create(contract_version=version, **fields)


def priced(agreement: Agreement) -> list[tuple[str, Decimal, bool]]:
    """Price, see that everything holds and a second pass finds nothing, and return the charges."""
    agreement.price()
    assert offenders() == {}
    assert agreement.price().changes == []
    return charges(agreement.contract)


def charges(contract: Contract) -> list[tuple[str, Decimal, bool]]:
    rows = Charge.objects.filter(contract=contract).order_by(
        "service_on", "component", "created_at", "amount"
    )
    return [(row.component, row.amount, row.billable) for row in rows]


def sentences(contract: Contract) -> list[str]:
    rows = explained(Charge.objects.filter(contract=contract).order_by("component"))
    return [explain_charge(row).sentence for row in rows]


def test_figure_7_cost_and_markup() -> None:
    agreement = Agreement()
    rule(agreement, markup_percent=D(5))
    expense = spend(agreement, "1000.00", vendor="Station Hotel", tax=D("200.00"))
    assert priced(agreement) == [("base", D(1000), True), ("markup", D(50), True)]
    base = Charge.objects.get(component="base")
    assert (base.source_type, base.source_id, base.quantity, base.unit) == (
        "expense",
        expense.pk,
        D(1),
        "item",
    )
    assert sentences(agreement.contract) == [
        "£1,000.00 for Hotel at Station Hotel on 3 Mar 2026; version 1",
        "Markup of 5 % on 1,000.00 for Hotel at Station Hotel on 3 Mar 2026; version 1",
    ]


def test_figure_7_foreign_spend_converts_at_the_rate_of_its_day() -> None:
    agreement = Agreement(currency="USD")
    rule(agreement)
    valid = DateRange(DAY, date(2026, 3, 4))
    factories.ExchangeRateFactory.create(
        base_id="EUR", quote_id="USD", rate=D("1.0850"), valid=valid, source="ECB"
    )
    spend(agreement, "420.00", currency_id="EUR")
    assert priced(agreement) == [("base", D("455.70"), True)]
    why = Charge.objects.get().explanation
    assert (why["rate"], why["rate_source"], why["rate_on"], why["spent"]) == (
        "1.085",
        "ECB",
        "2026-03-03",
        "420",
    )
    assert sentences(agreement.contract) == [
        "€420.00 × 1.085 (rate of 3 Mar 2026, ECB) for Hotel on 3 Mar 2026; version 1"
    ]


def test_a_rate_known_the_other_way_round_is_turned() -> None:
    agreement = Agreement()
    rule(agreement)
    factories.ExchangeRateFactory.create(base_id="GBP", quote_id="EUR", rate=D("1.25"), source="ECB")
    spend(agreement, "100.00", currency_id="EUR")
    assert priced(agreement) == [("base", D(80), True)]
    assert "from the rate the other way round" in sentences(agreement.contract)[0]


def test_a_missing_rate_is_an_exception_with_the_money_that_closes_when_the_rate_arrives() -> None:
    agreement = Agreement()
    rule(agreement, markup_percent=D(5))
    spend(agreement, "420.00", currency_id="EUR")
    spend(agreement, "80.00", currency_id="EUR")
    spend(agreement, "10.00", currency_id="USD")
    spend(agreement, "60.00")
    assert priced(agreement) == [("base", D(60), True), ("markup", D(3), True)]
    found = ExceptionItem.objects.order_by("currency").values_list(
        "code", "title", "money_at_risk", "quantity_at_risk", "currency", "team", "state"
    )
    title = "No exchange rate from {} for expenses, 3 Mar 2026"
    assert list(found) == [
        ("fx_missing", title.format("EUR"), D(500), None, "EUR", "data_steward", "open"),
        ("fx_missing", title.format("USD"), D(10), None, "USD", "data_steward", "open"),
    ]
    with acting(Actor.system("test")):
        note_edit(factories.ExchangeRateFactory.create(rate=D("0.85")), [])
    run_reactions()
    assert list(ExceptionItem.objects.filter(state="open").values_list("currency", flat=True)) == ["USD"]
    assert sorted(charges(agreement.contract)) == [
        ("base", D(60), True),
        ("base", D("68.00"), True),
        ("base", D("357.00"), True),
        ("markup", D(3), True),
        ("markup", D("3.40"), True),
        ("markup", D("17.85"), True),
    ]


def test_what_is_above_the_ceiling_is_not_billable() -> None:
    agreement = Agreement()
    rule(agreement, ceiling=D(180), markup_percent=D(10))
    spend(agreement, "250.00")
    assert priced(agreement) == [
        ("base", D(180), True),
        ("markup", D(18), True),
        ("over_ceiling", D(70), False),
    ]
    assert Charge.objects.get(component="over_ceiling").not_billable_reason == "over_ceiling"
    assert sentences(agreement.contract)[0] == (
        "£250.00 for Hotel on 3 Mar 2026, up to the ceiling of 180.00; version 1"
    )


def test_a_fixed_price_per_unit_whatever_it_cost() -> None:
    agreement = Agreement()
    mileage = factories.ExpenseCategoryFactory.create(
        code="mileage", name="Mileage", unit="km", unit_price=D("0.45")
    )
    rule(agreement, billed=False)
    rule(agreement, category=mileage, unit_price=D("0.6"))
    spend(agreement, "36.68", category=mileage, quantity=D("81.5"))
    spend(agreement, "500.00")
    assert sorted(priced(agreement)) == [("base", D(0), False), ("base", D("48.90"), True)]
    assert "81.5 km × 0.60 for Mileage on 3 Mar 2026; version 1" in sentences(agreement.contract)


def test_the_most_specific_rule_decides_the_line_before_the_category() -> None:
    agreement = Agreement()
    hotel = factories.ExpenseCategoryFactory.create()
    rule(agreement, markup_percent=D(1))
    rule(agreement, category=hotel, markup_percent=D(2))
    rule(agreement, line_key="work", markup_percent=D(3))
    spend(agreement, "100.00")
    assert priced(agreement)[1] == ("markup", D(3), True)
    rule(agreement, line_key="work", category=hotel, markup_percent=D(4))
    assert priced(agreement)[1] == ("markup", D(4), True)


def test_terms_that_say_nothing_are_an_exception_and_never_zero() -> None:
    agreement = Agreement()
    spend(agreement, "75.00")
    assert priced(agreement) == []
    item = ExceptionItem.objects.get()
    assert (item.code, item.money_at_risk, item.currency) == ("expense_terms_missing", D(75), "GBP")
    rule(agreement)
    assert priced(agreement) == [("base", D(75), True)]
    item.refresh_from_db()
    assert item.state == "resolved"


def test_an_expense_nobody_bills_stands_as_a_charge_of_nothing() -> None:
    agreement = Agreement()
    spend(agreement, "75.00", billable=False)
    assert priced(agreement) == [("base", D(0), False)]


def test_payers_share_and_one_takes_the_residue() -> None:
    agreement = Agreement()
    agreement.payer.percent = D("66.6667")
    agreement.payer.save()
    other = factories.BillingAccountFactory.create(customer=agreement.contract.customer)
    factories.PayerFactory.create(
        contract_version=agreement.version, billing_account=other, percent=D("33.3333"), takes_rounding=False
    )
    rule(agreement, markup_percent=D(5))
    spend(agreement, "100.00")
    assert sorted(amount for _, amount, _ in priced(agreement)) == [
        D("1.67"),
        D("3.33"),
        D("33.33"),
        D("66.67"),
    ]


@pytest.mark.parametrize(
    ("policy", "open_amounts"),
    [
        ("delta", [("base", D(-200)), ("markup", D(-10))]),
        ("prospective", [("base", D(-200)), ("markup", D(-10))]),
        ("rebill", [("base", D(-1000)), ("base", D(800)), ("markup", D(-50)), ("markup", D(40))]),
    ],
)
def test_a_corrected_expense_that_is_invoiced(policy: str, open_amounts: list[tuple[str, Decimal]]) -> None:
    agreement = Agreement(policy=policy)
    rule(agreement, markup_percent=D(5))
    expense = spend(agreement, "1000.00")
    priced(agreement)
    agreement.fix()
    Expense.objects.update(status="corrected")
    spend(agreement, "800.00", kind="replacement", root_id=expense.pk, corrects=expense)
    priced(agreement)
    found = Charge.objects.filter(fixed_at=None).order_by("component", "amount")
    assert list(found.values_list("component", "amount")) == open_amounts


@pytest.mark.parametrize(
    ("policy", "open_amounts"),
    [
        ("delta", [("markup", D(20))]),
        ("rebill", [("markup", D(20))]),
        ("prospective", []),
    ],
)
def test_a_changed_markup_of_an_invoiced_expense(
    policy: str, open_amounts: list[tuple[str, Decimal]]
) -> None:
    agreement = Agreement(policy=policy)
    rule(agreement, markup_percent=D(5))
    spend(agreement, "1000.00")
    priced(agreement)
    agreement.fix()
    agreement.amend(date(2026, 2, 1))
    rule(agreement, markup_percent=D(7))
    priced(agreement)
    found = Charge.objects.filter(fixed_at=None).values_list("component", "amount")
    assert list(found) == open_amounts
    assert Waiver.objects.filter(source_type="expense").count() == (policy == "prospective")


def test_spend_of_a_closed_month_is_charged_in_the_first_open_one() -> None:
    agreement = Agreement()
    rule(agreement)
    AccountingPeriod.objects.create(
        legal_entity=agreement.contract.legal_entity, month=date(2026, 3, 1), state="closed"
    )
    spend(agreement, "75.00")
    priced(agreement)
    charge = Charge.objects.get()
    assert (charge.service_on, charge.accounting_on) == (DAY, date(2026, 4, 1))


def test_a_write_off_covers_cost_and_markup() -> None:
    agreement = Agreement()
    rule(agreement, markup_percent=D(5))
    expense = spend(agreement, "1000.00")
    priced(agreement)
    agreement.decide(expense, "write_off")  # type: ignore[arg-type]
    assert priced(agreement) == [("base", D(1000), False), ("markup", D(50), False)]


def test_the_invoice_names_category_person_and_day() -> None:
    agreement = Agreement()
    rule(agreement, markup_percent=D(5))
    spend(agreement, "1000.00")
    spend(agreement, "60.00", spent_on=date(2026, 3, 5))
    priced(agreement)
    agreement.fix()
    lines = ProposalLine.objects.order_by("position").values_list(
        "description", "quantity", "unit_price", "net"
    )
    worker = agreement.worker.name
    assert list(lines) == [
        (f"Hotel, {worker}, 3 Mar 2026", D(1), D(1000), D(1000)),
        (f"Hotel, {worker}, 5 Mar 2026", D(1), D(60), D(60)),
        ("Markup on expenses, 5 %", D(1), None, D(53)),
    ]


def test_from_the_approval_to_the_correction_by_events(firm: Firm) -> None:
    categories()
    contract = firm.project.contract
    version = factories.ContractVersionFactory.create(contract=contract)
    factories.ContractLineFactory.create(contract_version=version)
    factories.PayerFactory.create(contract_version=version)
    factories.ExpenseRuleFactory.create(contract_version=version, markup_percent=D(5))
    expense = approved_expense(firm)
    run_reactions()
    assert charges(contract) == [("base", D(120), True), ("markup", D(6), True)]
    correction = correct_expense(
        expense.pk,
        actor=Actor.of(firm.consultant),
        on=TODAY,
        reason="Typed wrongly",
        line=instead(expense, net=D(80), tax=D(16)),
    )
    run_reactions()
    assert charges(contract)[0] == ("base", D(120), True)
    approve_expenses({correction.reversal.pk: None}, actor=Actor.of(firm.pmo))
    run_reactions()
    assert charges(contract) == [("base", D(80), True), ("markup", D(4), True)]
    assert offenders() == {}
