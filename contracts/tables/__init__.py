"""The registers of customers, contracts and rate cards."""

from django.urls import reverse

from contracts.filters import ContractFilter, CustomerFilter, RateCardFilter
from contracts.models import RateCard
from core.presentation.columns import Column
from core.presentation.register import Empty, Register
from core.presentation.table import Table

CUSTOMERS = Register(
    title="Customers",
    table=Table(
        columns=(
            Column(
                "name",
                "Customer",
                detail="code",
                sort="name",
                lead=True,
                link=lambda row: reverse("customer", args=[row.code]),
            ),
            Column("parent", "Belongs to", read="parent.name", sort="parent__name"),
            Column("currency", "Currency", "id", read="currency_id", sort="currency"),
            Column("contract_count", "Contracts", "count", sort="contract_count"),
            Column("account_count", "Billing accounts", "count", sort="account_count"),
            Column("credit_hold", "Credit hold", "yes_no", sort="credit_hold"),
            Column("status", "Status", "state", sort="status"),
        ),
        order="name",
        noun=("customer", "customers"),
    ),
    template="contracts/register.html",
    empty=Empty("No customers yet", "They are entered here, or arrive from the CRM."),
    filterset=CustomerFilter,
)

CONTRACTS = Register(
    title="Contracts",
    table=Table(
        columns=(
            Column(
                "code",
                "Contract",
                read="name",
                detail="code",
                sort="code",
                lead=True,
                link=lambda row: reverse("contract", args=[row.code]),
            ),
            Column("customer", "Customer", read="customer.name", sort="customer__name"),
            Column("legal_entity", "Legal entity", read="legal_entity.name", sort="legal_entity__name"),
            Column("currency", "Currency", "id", read="currency_id", sort="currency"),
            Column("newest_number", "Version", "count", sort="newest_number"),
            Column("newest_from", "In force from", "day", sort="newest_from"),
            Column("owner", "Owner", read="owner", sort="owner__last_name"),
            Column("status", "Status", "state", sort="status", subject="contract"),
        ),
        order="code",
        noun=("contract", "contracts"),
        row_label="code",
    ),
    template="contracts/register.html",
    empty=Empty("No contracts yet", "They are drafted here and approved by a second person."),
    filterset=ContractFilter,
)


def _subject(card: RateCard) -> str:
    match card.scope:
        case RateCard.Scope.LEGAL_ENTITY:
            return str(card.legal_entity)
        case RateCard.Scope.CUSTOMER:
            return str(card.customer)
        case RateCard.Scope.CONTRACT:
            return str(card.contract)
    return "Everyone"


RATE_CARDS = Register(
    title="Rate cards",
    table=Table(
        columns=(
            Column(
                "name",
                "Rate card",
                detail="code",
                sort="name",
                lead=True,
                link=lambda row: reverse("rate_card", args=[row.code]),
            ),
            Column("scope", "Holds for", read=_subject, sort="scope"),
            Column("currency", "Currency", "id", read="currency_id", sort="currency"),
            Column("unit", "Unit", read="unit", sort="unit"),
            Column("price_count", "Prices known", "count", sort="price_count"),
            Column("updated_at", "Opened", "day", read="created_at", sort="created_at"),
        ),
        order="code",
        noun=("rate card", "rate cards"),
    ),
    template="contracts/register.html",
    empty=Empty("No rate cards yet", "Nothing can be priced without one."),
    filterset=RateCardFilter,
)
