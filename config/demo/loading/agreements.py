"""Customers, prices and contracts: drafted by finance, approved by the finance lead."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from config.demo.calendar import DemoCalendar
from config.demo.cast import Cast
from config.demo.firm import agreements as firm
from config.demo.firm.agreements import AmendmentSpec, CardSpec, ContractSpec, PriceSpec
from config.demo.firm.tables import table
from contracts.actions.contracts import create_contract
from contracts.actions.customers import create_billing_account, create_customer
from contracts.actions.dimensions import RateDimensions
from contracts.actions.expense_rules import ExpenseTerms
from contracts.actions.rate_cards import create_card
from contracts.actions.rates import end_rate, set_rate
from contracts.actions.terms import LineTerms, PayerTerms, lines_of
from contracts.actions.versions import approve_version, draft_version, submit_version
from contracts.models import Contract, ContractVersion, Customer, RateCard
from core.models import LegalEntity

LAPSED = {"card": "UK-LIST", "role": "data-engineer"}
_LINES = {firm.ADVICE: "Advice and design", firm.DELIVERY: "Delivery"}


def load_customers(cast: Cast) -> None:
    """Enter the customers and their billing accounts."""
    for row in table("customers"):
        create_customer(code=row["code"], name=row["name"], currency_id=row["currency"], actor=cast.steward)
    customers = {customer.code: customer for customer in Customer.objects.all()}
    for row in table("accounts"):
        create_billing_account(
            customers[row["customer"]].pk,
            code=row["code"],
            name=row["name"],
            street=row["street"],
            postal_code=row["postal_code"],
            city=row["city"],
            country=row["country"],
            region=row["region"],
            tax_registration=row["tax_registration"],
            email=row["email"],
            payment_terms_days=int(row["terms"]),
            presentation=row["presentation"],
            purchase_order_required=row["purchase_order"] == "yes",
            actor=cast.steward,
        )


def load_contracts(cast: Cast, calendar: DemoCalendar) -> None:
    """Draft every contract, open its cards, then submit and approve it; amend some afterwards."""
    general = [card for card in firm.cards() if card.scope != RateCard.Scope.CONTRACT]
    own = [card for card in firm.cards() if card.scope == RateCard.Scope.CONTRACT]
    _open_cards(general, cast, calendar)
    drafted = [_draft(spec, cast, calendar) for spec in firm.contracts()]
    _open_cards(own, cast, calendar)
    for version in drafted:
        _approve(version, cast)
    for amendment in firm.amendments():
        _amend(amendment, cast, calendar)
    _let_lapse(cast, calendar)


def _open_cards(specs: list[CardSpec], cast: Cast, calendar: DemoCalendar) -> None:
    for spec in specs:
        card = create_card(
            code=spec.code,
            name=spec.name,
            scope=spec.scope,
            currency_id=spec.currency,
            unit=spec.unit,
            actor=cast.finance,
            **_subject(spec),
        )
        for price in firm.prices():
            if price.card == spec.code:
                _set_price(card, price, cast, calendar)


def _subject(spec: CardSpec) -> dict[str, Any]:
    models: dict[str, Any] = {"legal_entity": LegalEntity, "customer": Customer, "contract": Contract}
    return {f"{spec.scope}_id": models[spec.scope].objects.get(code=spec.subject).pk}


def _set_price(card: RateCard, price: PriceSpec, cast: Cast, calendar: DemoCalendar) -> None:
    steps = [(date(calendar.agreed_from.year, 1, 1), price.amount, "Price list of the year")]
    if price.raised_to is not None:
        steps.append((calendar.prices_rise_on, price.raised_to, "Yearly indexation"))
    for starts_on, amount, reason in steps:
        set_rate(
            card.pk,
            dims=RateDimensions(**price.dimensions),
            amount=amount,
            starts_on=starts_on,
            now=timezone.now(),
            actor=cast.finance,
            reason=reason,
        )


# At cost with 5 %, meals up to 40 each, the kilometre at a fixed price: in the contract's currency.
_EXPENSES = (
    ExpenseTerms(markup_percent=Decimal(5)),
    ExpenseTerms(category="meals", ceiling=Decimal(40)),
    ExpenseTerms(category="mileage", unit_price=Decimal("0.65")),
)


def _draft(spec: ContractSpec, cast: Cast, calendar: DemoCalendar) -> ContractVersion:
    contract = create_contract(
        code=spec.code,
        name=spec.name,
        customer_id=Customer.objects.get(code=spec.customer).pk,
        legal_entity_id=LegalEntity.objects.get(code=spec.entity).pk,
        currency_id=spec.currency,
        retroactivity=spec.policy,
        effective_from=calendar.open_month.plus(-spec.since).first,
        lines=[_line(spec, key) for key in _LINES],
        payers=_payers(spec),
        expenses=_EXPENSES,
        actor=cast.finance,
    )
    return contract.versions.get()


def _line(spec: ContractSpec, key: str) -> LineTerms:
    return LineTerms(
        key=key,
        name=_LINES[key],
        service_line="advisory" if key == firm.ADVICE else spec.service_line,
        increment=spec.terms.increment,
        increment_rounding=spec.terms.rounding,
        hours_per_day=spec.hours_per_day,
        discount_percent=spec.terms.discount,
    )


def _payers(spec: ContractSpec) -> list[PayerTerms]:
    last, _ = spec.payers[-1]
    return [
        PayerTerms(account, percent, takes_rounding=account == last, purchase_order=spec.purchase_order)
        for account, percent in spec.payers
    ]


def _approve(version: ContractVersion, cast: Cast) -> None:
    submit_version(version.pk, actor=cast.finance)
    approve_version(version.pk, actor=cast.finance_lead)


def _amend(amendment: AmendmentSpec, cast: Cast, calendar: DemoCalendar) -> None:
    contract = Contract.objects.get(code=amendment.contract)
    terms = amendment.terms
    version = draft_version(
        contract.pk,
        effective_from=calendar.open_month.plus(-amendment.months_ago).first,
        lines=[
            LineTerms(
                key=line.key,
                name=line.name,
                service_line=line.service_line,
                increment=terms.increment,
                increment_rounding=terms.rounding,
                hours_per_day=line.hours_per_day,
                discount_percent=terms.discount,
            )
            for line in lines_of(contract.versions.get())
        ],
        reason=amendment.reason,
        actor=cast.finance,
    )
    _approve(version, cast)


def _let_lapse(cast: Cast, calendar: DemoCalendar) -> None:
    """End one price of the list before the last billed month: work goes on without it."""
    end_rate(
        RateCard.objects.get(code=LAPSED["card"]).pk,
        dims=RateDimensions(role=LAPSED["role"]),
        ends_on=calendar.last_billed.first - timedelta(days=1),
        now=timezone.now(),
        actor=cast.finance,
        reason="Prices for data engineers are being renegotiated",
    )
