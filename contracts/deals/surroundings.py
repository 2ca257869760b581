"""What the readiness of a deal is judged against: codes, customers, people, prices. Reads, never writes."""

import re
import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q, QuerySet

from contracts.deals.terms import DealTerms
from contracts.models import BillingAccount, Customer, Rate, RateCard, ServiceLine
from core.models import Currency, LegalEntity, User
from core.permissions import holds


@dataclass(frozen=True)
class Match:
    """A customer of ours that the deal may be about, and the account that would be billed, if any."""

    customer: Customer
    account: BillingAccount | None


@dataclass(frozen=True)
class Surroundings:
    """Our side of a deal; `priced` are the service lines with a price in the time of its terms."""

    entity: LegalEntity | None = None
    matches: tuple[Match, ...] = ()
    owner: User | None = None
    owner_may_deliver: bool = False
    currencies: frozenset[str] = frozenset()
    service_lines: frozenset[str] = frozenset()
    priced: frozenset[str] = field(default_factory=frozenset)

    @property
    def match(self) -> Match | None:
        """Return the one customer the deal is about, if we hold it."""
        return self.matches[0] if len(self.matches) == 1 else None


def surroundings_of(terms: DealTerms) -> Surroundings:
    """Look up everything the terms name; a handful of queries whatever the deal."""
    entity = LegalEntity.objects.filter(code=terms.legal_entity).first() if terms.legal_entity else None
    matches = _matches(terms)
    owner = _owner(terms.delivery_owner)
    return Surroundings(
        entity=entity,
        matches=matches,
        owner=owner,
        owner_may_deliver=bool(owner and entity and _may_deliver(owner, entity.pk)),
        currencies=frozenset(Currency.objects.values_list("code", flat=True)),
        service_lines=frozenset(ServiceLine.objects.values_list("code", flat=True)),
        priced=_priced(terms, entity, matches),
    )


def same_registration(number: str) -> str:
    """Return a tax registration without spaces and signs, so that two ways of writing it compare."""
    return re.sub(r"[^A-Z0-9]", "", number.upper())


def _matches(terms: DealTerms) -> tuple[Match, ...]:
    """Find the customer by the code chosen, else by tax registration, else by name."""
    if terms.customer:
        chosen = Customer.objects.filter(code=terms.customer)
        return tuple(Match(one, _account(one, terms)) for one in chosen)
    if number := same_registration(terms.tax_registration):
        found: dict[uuid.UUID, Match] = {}
        accounts = BillingAccount.objects.exclude(tax_registration="").select_related("customer")
        for account in accounts.filter(country=terms.country).order_by("code"):
            if same_registration(account.tax_registration) == number:
                found.setdefault(account.customer_id, Match(account.customer, account))
        if found:
            return tuple(found.values())
    named = Customer.objects.filter(name__iexact=terms.customer_name) if terms.customer_name else ()
    return tuple(Match(one, _account(one, terms)) for one in named)


def _account(customer: Customer, terms: DealTerms) -> BillingAccount | None:
    number = same_registration(terms.tax_registration)
    accounts = customer.billing_accounts.filter(country=terms.country).order_by("code")
    return next((one for one in accounts if same_registration(one.tax_registration) == number), None)


def _owner(name: str) -> User | None:
    if not name:
        return None
    people = User.objects.filter(is_active=True, is_service_account=False)
    return people.filter(Q(email__iexact=name) | Q(username=name)).first()


def _may_deliver(owner: User, entity_id: uuid.UUID) -> bool:
    return holds(owner, "project.edit", entity_id) or holds(owner, "contract.edit", entity_id)


def _priced(terms: DealTerms, entity: LegalEntity | None, matches: tuple[Match, ...]) -> frozenset[str]:
    if terms.starts_on is None or not terms.currency:
        return frozenset()
    last = terms.ends_on if terms.ends_on and terms.ends_on >= terms.starts_on else None
    cards = _cards(terms.currency, entity, matches)
    prices = Rate.objects.filter(
        card__in=cards, known__upper_inf=True, valid__overlap=_days(terms.starts_on, last)
    )
    return frozenset(prices.values_list("service_line", flat=True).distinct())


def _days(first: date, last: date | None) -> DateRange:
    return DateRange(first, last and last + timedelta(days=1))


def _cards(currency: str, entity: LegalEntity | None, matches: tuple[Match, ...]) -> QuerySet[RateCard]:
    condition = Q(scope=RateCard.Scope.STANDARD)
    if entity:
        condition |= Q(legal_entity=entity)
    if len(matches) == 1:
        condition |= Q(customer=matches[0].customer)
    return RateCard.objects.filter(condition, currency=currency)
