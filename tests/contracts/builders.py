"""Agreements made through the verbs, for tests of what happens to them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from contracts.actions.contracts import create_contract
from contracts.actions.dimensions import RateDimensions
from contracts.actions.rate_cards import create_card
from contracts.actions.rates import set_rate
from contracts.actions.terms import LineTerms, PayerTerms
from contracts.actions.versions import approve_version, draft_version, submit_version
from contracts.models import BillingAccount, Contract, ContractVersion, RateCard
from core.actors import Actor
from core.models import Event, LegalEntity, User
from tests.factories import (
    BillingAccountFactory,
    DeliveryRoleFactory,
    LegalEntityFactory,
    RegionFactory,
    ServiceLineFactory,
)
from tests.personas import person

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
WORK = LineTerms("work", "Consulting", "advisory")


def preparer(entity: LegalEntity | None = None) -> Actor:
    """Return somebody who prepares terms and prices."""
    return Actor.of(person("finance", entity=entity))


def approver(entity: LegalEntity | None = None) -> Actor:
    """Return somebody who approves terms."""
    return Actor.of(person("finance_lead", entity=entity))


def user_of(actor: Actor) -> User:
    """Return the person behind an actor."""
    assert actor.user is not None
    return actor.user


def price_list(currency: str = "GBP", **dims: str) -> RateCard:
    """Return a standard card with one price from 2020 on."""
    RegionFactory.create()
    DeliveryRoleFactory.create()
    author = preparer()
    card = create_card(name="Standard", scope="standard", currency_id=currency, actor=author)
    set_rate(
        card.pk,
        dims=RateDimensions(**{"role": "senior", **dims}),
        amount=Decimal("180"),
        starts_on=date(2020, 1, 1),
        now=NOW,
        actor=author,
    )
    return card


def drafted(
    account: BillingAccount | None = None, *, by: Actor | None = None, **fields: Any
) -> ContractVersion:
    """Return the first version of a new contract with one line and one payer, in draft."""
    account = account or BillingAccountFactory.create()
    ServiceLineFactory.create()
    values: dict[str, Any] = {
        "name": "Data platform",
        "customer_id": account.customer_id,
        "currency_id": "GBP",
        "effective_from": date(2026, 1, 1),
        "lines": [WORK],
        "payers": [PayerTerms(account.code)],
        **fields,
    }
    values.setdefault("legal_entity_id", LegalEntityFactory.create().pk)
    return create_contract(actor=by or preparer(), **values).versions.get()


def submitted(**fields: Any) -> ContractVersion:
    """Return a version that waits for approval; prices exist."""
    price_list()
    author = preparer()
    return submit_version(drafted(by=author, **fields).pk, actor=author)


def active(**fields: Any) -> Contract:
    """Return an active contract with one approved version."""
    return approve_version(submitted(**fields).pk, actor=approver()).contract


def amended(contract: Contract, effective_from: date, **fields: Any) -> ContractVersion:
    """Approve further terms of a contract from a date on."""
    author = preparer()
    version = draft_version(contract.pk, effective_from=effective_from, actor=author, **fields)
    submit_version(version.pk, actor=author)
    return approve_version(version.pk, actor=approver())


def told(*types: str) -> list[tuple[str, dict[str, Any]]]:
    """Return type and payload of the recorded events, of all types or of some, in order."""
    events = Event.objects.order_by("seq")
    if types:
        events = events.filter(type__in=types)
    return [(event.type, event.payload) for event in events]
