"""Questions about customers, agreements and prices. Never writes."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from contracts.models import BillingAccount, Contract, ContractLine, ContractVersion, Customer, Rate, RateCard
from contracts.states import VersionStatus
from core.access import entities_in_force, entity_filter, managed_filter, own_contracts
from core.models import Event, User

ONE_DAY = timedelta(days=1)


def visible_contracts(user: User) -> QuerySet[Contract]:
    """Return the contracts of the entities where the user may read agreements; managers' own ones only."""
    return Contract.objects.filter(_reach(user, "contract.view", ""))


def visible_versions(user: User) -> QuerySet[ContractVersion]:
    """Return the versions of the contracts the user may read."""
    return ContractVersion.objects.filter(_reach(user, "contract.view", "contract__"))


def visible_customers(user: User) -> QuerySet[Customer]:
    """Return all customers to those who read agreements anywhere: a customer belongs to no entity."""
    return Customer.objects.all() if entities_in_force(user, "contract.view") else Customer.objects.none()


def visible_billing_accounts(user: User) -> QuerySet[BillingAccount]:
    """Return all billing accounts to those who read agreements anywhere."""
    accounts = BillingAccount.objects.all()
    return accounts if entities_in_force(user, "contract.view") else accounts.none()


def visible_rate_cards(user: User) -> QuerySet[RateCard]:
    """Return the cards that hold for everyone or a customer, and those of the user's entities."""
    if not entities_in_force(user, "rate.view"):
        return RateCard.objects.none()
    common = Q(scope__in=[RateCard.Scope.STANDARD, RateCard.Scope.CUSTOMER])
    of_entity = Q(scope=RateCard.Scope.LEGAL_ENTITY) & entity_filter(user, "rate.view", "legal_entity")
    of_contract = Q(scope=RateCard.Scope.CONTRACT) & _reach(user, "rate.view", "contract__")
    return RateCard.objects.filter(common | of_entity | of_contract)


def _reach(user: User, permission: str, path: str) -> Q:
    """Return the condition on the contract at the end of `path`; managers reach those of their projects."""
    return managed_filter(user, permission, f"{path}legal_entity", own_contracts(user, f"{path}pk"))


def visible_rates(user: User) -> QuerySet[Rate]:
    """Return the prices, known now or formerly, of the cards the user may read."""
    return Rate.objects.filter(card__in=visible_rate_cards(user))


def cards_for(contract: Contract) -> QuerySet[RateCard]:
    """Return the cards searched for the contract's prices; their order of search is the engine's."""
    return RateCard.objects.filter(
        Q(scope=RateCard.Scope.STANDARD)
        | Q(legal_entity=contract.legal_entity_id)
        | Q(customer=contract.customer_id)
        | Q(contract=contract.pk)
    )


def known_rates(rates: QuerySet[Rate], at: datetime | None = None) -> QuerySet[Rate]:
    """Narrow prices to what was known at a moment, or is known now."""
    return rates.filter(known__contains=at) if at else rates.filter(known__upper_inf=True)


def version_in_force(
    contract_id: uuid.UUID, on: date, *, known_at: datetime | None = None
) -> ContractVersion | None:
    """Return the version in force on a date: the highest approved number that has begun by then.

    With `known_at`, as it stood at that moment: versions approved later did not exist yet.
    """
    return _begun(contract_id, on, known_at).first()


def lines_in_force(contract_id: uuid.UUID, on: date) -> QuerySet[ContractLine]:
    """Return the lines of the version in force on a date."""
    return ContractLine.objects.filter(contract_version__in=_begun(contract_id, on).values("pk")[:1])


def _begun(contract_id: uuid.UUID, on: date, known_at: datetime | None = None) -> QuerySet[ContractVersion]:
    begun = ContractVersion.objects.filter(contract=contract_id, effective_from__lte=on).order_by("-number")
    if known_at is None:
        return begun.filter(status=VersionStatus.APPROVED)
    return begun.filter(approved_at__lte=known_at)


def with_version_in_force(contracts: QuerySet[Contract], on: date) -> QuerySet[Contract]:
    """Narrow to contracts that have terms in force on the date."""
    approved = ContractVersion.objects.filter(
        contract=OuterRef("pk"), status=VersionStatus.APPROVED, effective_from__lte=on
    )
    return contracts.filter(Exists(approved))


@dataclass(frozen=True)
class Stretch:
    """The days on which a version is in force: from the first to the last, None being open-ended."""

    version: ContractVersion
    starts_on: date
    ends_on: date | None


def timeline(versions: Iterable[ContractVersion]) -> list[Stretch]:
    """Return which of a contract's versions is in force when, in order of time."""
    approved = sorted(
        (version for version in versions if version.status == VersionStatus.APPROVED),
        key=lambda version: version.number,
    )
    found: list[Stretch] = []
    for place, version in enumerate(approved):
        later = [other.effective_from for other in approved[place + 1 :]]
        end = min(later) - ONE_DAY if later else None
        if end is None or end >= version.effective_from:
            found.append(Stretch(version, version.effective_from, end))
    return sorted(found, key=lambda stretch: stretch.starts_on)


def activity_of(contract: Contract, version_ids: Iterable[uuid.UUID]) -> QuerySet[Event]:
    """Return the events of a contract and its versions, newest first."""
    return Event.objects.filter(
        aggregate_type__in=["contracts.contract", "contracts.contractversion"],
        aggregate_id__in=[contract.pk, *version_ids],
    ).order_by("-seq")


def activity_of_customer(customer: Customer, account_ids: Iterable[uuid.UUID]) -> QuerySet[Event]:
    """Return the events of a customer and its billing accounts, newest first."""
    return Event.objects.filter(
        aggregate_type__in=["contracts.customer", "contracts.billingaccount"],
        aggregate_id__in=[customer.pk, *account_ids],
    ).order_by("-seq")
