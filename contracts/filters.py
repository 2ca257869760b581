"""What the registers of agreements can be narrowed by."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet

from contracts.models import Contract, Customer, Deal, RateCard
from contracts.states import ContractStatus, DealState
from core.models import LegalEntity
from core.presentation.vocabulary import choices_of


class CustomerFilter(filters.FilterSet):  # type: ignore[misc]
    """Customers by text, status and credit hold."""

    q = filters.CharFilter(label="Find a customer", method="found")
    status = filters.ChoiceFilter(label="Status", empty_label="Status", choices=choices_of(Customer.Status))
    credit_hold = filters.ChoiceFilter(
        label="Credit hold",
        empty_label="Credit hold",
        choices=(("True", "On credit hold"), ("False", "Not on hold")),
    )

    class Meta:
        model = Customer
        fields = ()

    def found(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        """Keep customers whose code or name contains the text."""
        return rows.filter(Q(code__icontains=text) | Q(name__icontains=text))


class ContractFilter(filters.FilterSet):  # type: ignore[misc]
    """Contracts by text, status, kind and legal entity."""

    q = filters.CharFilter(label="Find a contract", method="found")
    status = filters.ChoiceFilter(
        label="Status", empty_label="Status", choices=choices_of(ContractStatus, "contract")
    )
    kind = filters.ChoiceFilter(label="Kind", empty_label="Kind", choices=choices_of(Contract.Kind))
    legal_entity = filters.ModelChoiceFilter(label="Legal entity", queryset=LegalEntity.objects.all())

    class Meta:
        model = Contract
        fields = ()

    def found(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        """Keep contracts whose code, name or customer contains the text."""
        return rows.filter(
            Q(code__icontains=text) | Q(name__icontains=text) | Q(customer__name__icontains=text)
        )


class RateCardFilter(filters.FilterSet):  # type: ignore[misc]
    """Rate cards by text, scope and unit."""

    q = filters.CharFilter(label="Find a rate card", method="found")
    scope = filters.ChoiceFilter(label="Scope", empty_label="Scope", choices=choices_of(RateCard.Scope))

    class Meta:
        model = RateCard
        fields = ()

    def found(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        """Keep cards whose code, name, customer or contract contains the text."""
        return rows.filter(
            Q(code__icontains=text)
            | Q(name__icontains=text)
            | Q(customer__name__icontains=text)
            | Q(contract__code__icontains=text)
        )


class DealFilter(filters.FilterSet):  # type: ignore[misc]
    """Deals by text, state and legal entity."""

    q = filters.CharFilter(label="Find a deal", method="found")
    state = filters.ChoiceFilter(label="State", empty_label="State", choices=choices_of(DealState, "deal"))
    legal_entity = filters.ModelChoiceFilter(label="Legal entity", queryset=LegalEntity.objects.all())

    class Meta:
        model = Deal
        fields = ()

    def found(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        """Keep deals whose code, name, customer or id in the CRM contains the text."""
        return rows.filter(
            Q(code__icontains=text)
            | Q(name__icontains=text)
            | Q(customer_name__icontains=text)
            | Q(source_id__icontains=text)
        )
