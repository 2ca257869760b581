"""What the registers show beside the rows themselves."""

from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from contracts.models import BillingAccount, Contract, ContractVersion, Customer, Rate, RateCard
from contracts.queries import visible_contracts, visible_customers, visible_rate_cards
from contracts.states import VersionStatus
from core.models import User


def listed_customers(user: User) -> QuerySet[Customer]:
    """Return the customers with the number of their contracts the user sees, and of their accounts."""
    contracts = visible_contracts(user).filter(customer=OuterRef("pk")).order_by()
    accounts = BillingAccount.objects.filter(customer=OuterRef("pk")).order_by()
    return (
        visible_customers(user)
        .select_related("parent")
        .annotate(contract_count=_count(contracts, "customer"), account_count=_count(accounts, "customer"))
    )


def listed_contracts(user: User) -> QuerySet[Contract]:
    """Return the contracts with number and date of their newest approved version."""
    approved = ContractVersion.objects.filter(contract=OuterRef("pk"), status=VersionStatus.APPROVED)
    newest = approved.order_by("-number")
    return (
        visible_contracts(user)
        .select_related("customer", "legal_entity", "owner")
        .annotate(
            newest_number=Subquery(newest.values("number")[:1]),
            newest_from=Subquery(newest.values("effective_from")[:1]),
        )
    )


def listed_rate_cards(user: User) -> QuerySet[RateCard]:
    """Return the cards with the number of prices known now."""
    known = Rate.objects.filter(card=OuterRef("pk"), known__upper_inf=True).order_by()
    return (
        visible_rate_cards(user)
        .select_related("legal_entity", "customer", "contract")
        .annotate(price_count=_count(known, "card"))
    )


def _count(rows: QuerySet[Contract] | QuerySet[BillingAccount] | QuerySet[Rate], by: str) -> Coalesce:
    """Return how many rows there are per object: a subquery, so that counts do not multiply."""
    counted = rows.values(group=F(by)).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
