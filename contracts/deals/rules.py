"""What a deal still lacks before a contract can be drafted from it: one rule each, in the order people read.

A rule is pure: it looks at the terms and our side of them, and yields what it finds.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from contracts.deals.surroundings import Surroundings
from contracts.deals.terms import LINE, DealTerms
from contracts.models import ANY, Customer
from contracts.policies import check_country, check_tax_registration
from contracts.states import BillingMethod
from core.errors import Refusal


@dataclass(frozen=True)
class Finding:
    """One thing to put right, with the field to put it right in; what does not block is worth knowing."""

    code: str
    field: str
    sentence: str
    blocks: bool = True


Look = Callable[[DealTerms, Surroundings], Iterator[Finding]]


@dataclass(frozen=True)
class Rule:
    """A check by the name people read on the deal's page."""

    title: str
    look: Look


_RULES: list[Rule] = []


def rule(title: str) -> Callable[[Look], Look]:
    """Append a rule; the order in this file is the order on the page."""

    def register(look: Look) -> Look:
        _RULES.append(Rule(title, look))
        return look

    return register


def titles() -> list[str]:
    """Return the names of all checks in their order."""
    return [one.title for one in _RULES]


def checks(terms: DealTerms, ours: Surroundings) -> list[tuple[str, list[Finding]]]:
    """Return every check with what it found; an empty list is a check that passed."""
    return [(one.title, list(one.look(terms, ours))) for one in _RULES]


def findings(terms: DealTerms, ours: Surroundings) -> list[Finding]:
    """Return everything the checks found."""
    return [finding for _, found in checks(terms, ours) for finding in found]


@rule("Customer")
def _customer(terms: DealTerms, ours: Surroundings) -> Iterator[Finding]:
    if not terms.customer_name and not terms.customer:
        yield Finding("customer_missing", "customer_name", "The deal names no customer.")
    if terms.customer and not ours.matches:
        yield Finding("customer_unknown", "customer", f"There is no customer {terms.customer}.")
    if len(ours.matches) > 1:
        names = " and ".join(f"{one.customer.name} ({one.customer.code})" for one in ours.matches)
        yield Finding("customer_ambiguous", "customer", f"This may be {names}: choose one.")
    if ours.match and ours.match.customer.status != Customer.Status.ACTIVE:
        sentence = f"{ours.match.customer.name} is no active customer: choose another one."
        yield Finding("customer_inactive", "customer", sentence)
    if ours.match and ours.match.customer.credit_hold:
        sentence = f"{ours.match.customer.name} is on credit hold: finance should agree before work begins."
        yield Finding("customer_on_credit_hold", "customer", sentence, blocks=False)


@rule("Country and address")
def _address(terms: DealTerms, ours: Surroundings) -> Iterator[Finding]:
    try:
        check_country(terms.country)
    except Refusal as refusal:
        yield Finding("country_missing", "country", refusal.sentence)
    if ours.match and ours.match.account:
        return
    for name in ("street", "city"):
        if not getattr(terms, name):
            yield Finding("address_missing", name, f"An invoice needs the {name} of its receiver.")


@rule("Tax registration")
def _tax(terms: DealTerms, ours: Surroundings) -> Iterator[Finding]:
    if not terms.tax_registration:
        yield Finding(
            "tax_registration_missing", "tax_registration", "Tax depends on the customer's registration."
        )
        return
    try:
        check_tax_registration(terms.tax_registration, terms.country)
    except Refusal as refusal:
        yield Finding("tax_registration_invalid", "tax_registration", refusal.sentence)


@rule("Billing contact")
def _contact(terms: DealTerms, ours: Surroundings) -> Iterator[Finding]:
    if "@" not in terms.contact_email and not (ours.match and ours.match.account):
        yield Finding("contact_missing", "contact_email", "Nobody is named who receives the invoices.")


@rule("Selling legal entity")
def _entity(terms: DealTerms, ours: Surroundings) -> Iterator[Finding]:
    if ours.entity is None:
        sentence = f"There is no legal entity {terms.legal_entity}." if terms.legal_entity else _UNMAPPED
        yield Finding("legal_entity_missing", "legal_entity", sentence)


_UNMAPPED = "The selling company stands for none of our legal entities: choose one, or complete the mapping."


@rule("Currency and amount")
def _money(terms: DealTerms, ours: Surroundings) -> Iterator[Finding]:
    if terms.currency not in ours.currencies:
        named = f"{terms.currency} is no currency we bill in." if terms.currency else "No currency is named."
        yield Finding("currency_missing", "currency", named)
    if terms.amount is None or terms.amount <= 0:
        yield Finding("amount_missing", "amount", "The deal has no amount above zero.")
        return
    said = [line.amount for line in terms.lines if line.amount is not None]
    if said and sum(said, Decimal(0)) != terms.amount:
        sentence = f"The lines sum to {sum(said):f}, the deal says {terms.amount:f} {terms.currency}."
        yield Finding("amounts_differ", "amount", sentence, blocks=False)


@rule("Dates")
def _dates(terms: DealTerms, ours: Surroundings) -> Iterator[Finding]:
    if terms.starts_on is None:
        yield Finding("dates_missing", "starts_on", "The first day of delivery is not agreed.")
    elif terms.ends_on and terms.ends_on < terms.starts_on:
        yield Finding("dates_reversed", "ends_on", "The term ends before it begins.")


@rule("Service lines")
def _services(terms: DealTerms, ours: Surroundings) -> Iterator[Finding]:
    if not terms.lines:
        yield Finding("no_lines", "lines", "The deal has no line to bill: add one in the CRM.")
    for line in terms.lines:
        field = f"{LINE}{line.key}.service_line"
        if not line.service_line:
            yield Finding("service_line_missing", field, f"{line.name} stands for none of our service lines.")
        elif line.service_line not in ours.service_lines:
            yield Finding("service_line_missing", field, f"There is no service line {line.service_line}.")


@rule("Billing methods")
def _methods(terms: DealTerms, ours: Surroundings) -> Iterator[Finding]:
    for line in terms.lines:
        field = f"{LINE}{line.key}.billing_method"
        if not line.billing_method:
            yield Finding("billing_method_missing", field, f"How {line.name} is billed is not agreed.")
        elif line.billing_method not in BillingMethod.values:
            sentence = f"{line.name} cannot be billed by {line.billing_method}: choose a method we have."
            yield Finding("billing_method_unknown", field, sentence)


@rule("Rate card")
def _rates(terms: DealTerms, ours: Surroundings) -> Iterator[Finding]:
    if terms.starts_on is None or terms.currency not in ours.currencies or ANY in ours.priced:
        return
    # Which list of prices holds depends on the entity.
    if ours.entity is None:
        return
    for line in terms.lines:
        by_time = line.billing_method == BillingMethod.TIME_AND_MATERIALS
        known = line.service_line in ours.service_lines
        if by_time and known and line.service_line not in ours.priced:
            sentence = f"No rate card in {terms.currency} prices {line.name} in the time of the deal."
            yield Finding("no_rate_card", "rate_card", sentence)


@rule("Delivery owner")
def _owner(terms: DealTerms, ours: Surroundings) -> Iterator[Finding]:
    if not terms.delivery_owner:
        yield Finding("delivery_owner_missing", "delivery_owner", "Nobody is named who answers for delivery.")
    elif ours.owner is None:
        sentence = f"{terms.delivery_owner} is nobody who works with Tieout."
        yield Finding("delivery_owner_unknown", "delivery_owner", sentence)
    elif ours.entity and not ours.owner_may_deliver:
        sentence = f"{ours.owner} runs no projects of {ours.entity.name}: name somebody who does."
        yield Finding("delivery_owner_unknown", "delivery_owner", sentence)


@rule("Purchase order")
def _purchase_order(terms: DealTerms, ours: Surroundings) -> Iterator[Finding]:
    account = ours.match.account if ours.match else None
    wanted = terms.purchase_order_required or bool(account and account.purchase_order_required)
    if wanted and not terms.purchase_order:
        sentence = "The customer wants a purchase order number on its invoices."
        yield Finding("purchase_order_missing", "purchase_order", sentence)


@rule("Signed document")
def _document(terms: DealTerms, ours: Surroundings) -> Iterator[Finding]:
    if not terms.signed_document:
        yield Finding("signed_document_missing", "signed_document", "There is no signed document.")
