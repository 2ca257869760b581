"""What billing's registers can be narrowed by."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet

from billing.models import Adjustment, BillingRun, Charge, Proposal
from billing.queries.ceilings import OVER
from billing.queries.registers import held, runs_at_work
from billing.states import (
    IN_HAND,
    AdjustmentKind,
    AdjustmentStatus,
    ChargeStatus,
    PaymentStatus,
    ProposalKind,
    ProposalStatus,
    RunStatus,
)
from contracts.models import Contract
from core.models import LegalEntity
from core.presentation.vocabulary import word

# Set by links from other pages, and shown as chips.
LINKED = forms.HiddenInput


def worded(states: Any, subject: str = "") -> list[tuple[str, str]]:
    """Return the choices of a state as people call them."""
    return [(value, word(value, subject).text) for value in states.values]


class OfEntity(filters.FilterSet):  # type: ignore[misc]
    """By the selling legal entity's code."""

    legal_entity = filters.ModelChoiceFilter(
        label="Legal entity", queryset=LegalEntity.objects.all(), to_field_name="code"
    )


class RunFilter(OfEntity):
    """Billing runs."""

    q = filters.CharFilter(label="Find a run", field_name="number", lookup_expr="icontains")
    status = filters.ChoiceFilter(label="Status", choices=worded(RunStatus, "billing run"))
    in_hand = filters.ChoiceFilter(label="At work", choices=[("yes", "At work")], method="at_work")

    class Meta:
        model = BillingRun
        fields = ()

    def at_work(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep the runs that somebody inside the firm still has to do with."""
        return runs_at_work(rows)


class ProposalFilter(OfEntity):
    """Invoice proposals and credit notes."""

    q = filters.CharFilter(label="Find by number, customer, contract", method="found")
    status = filters.ChoiceFilter(label="Status", choices=worded(ProposalStatus, "proposal"))
    kind = filters.ChoiceFilter(label="Kind", choices=worded(ProposalKind))
    payment_status = filters.ChoiceFilter(label="Payment", choices=worded(PaymentStatus))
    on_hold = filters.BooleanFilter(label="On hold")
    in_hand = filters.ChoiceFilter(label="In hand", choices=[("yes", "In hand")], method="not_released")
    posted_from = filters.DateFilter(
        label="Posted from", field_name="posted_on", lookup_expr="gte", widget=LINKED
    )
    run = filters.CharFilter(label="Run", field_name="run__number", widget=LINKED)
    contract = filters.CharFilter(label="Contract", field_name="contract__code", widget=LINKED)
    dated_from = filters.DateFilter(label="Dated from", field_name="document_date", lookup_expr="gte")
    dated_to = filters.DateFilter(label="Dated to", field_name="document_date", lookup_expr="lte")

    class Meta:
        model = Proposal
        fields = ()

    def not_released(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep the documents that wait for somebody inside the firm."""
        return rows.filter(status__in=IN_HAND)

    def found(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        """Keep documents whose number, ERP number, customer or contract contains the text."""
        return rows.filter(
            Q(number__icontains=text)
            | Q(erp_number__icontains=text)
            | Q(billing_account__customer__name__icontains=text)
            | Q(contract__code__icontains=text)
        )


class ChargeFilter(filters.FilterSet):  # type: ignore[misc]
    """Charges: by source, contract, document, state and service date."""

    q = filters.CharFilter(label="Find by contract, document, project", method="found")
    status = filters.ChoiceFilter(label="Status", choices=worded(ChargeStatus, "charge"))
    billable = filters.BooleanFilter(label="Billable")
    over = filters.ChoiceFilter(
        label="Over caps", choices=[("yes", "Over a cap or order")], method="only_over"
    )
    held = filters.ChoiceFilter(label="On hold", choices=[("yes", "On hold")], method="only_held")
    contract = filters.CharFilter(label="Contract", field_name="contract__code", widget=LINKED)
    document = filters.CharFilter(
        label="Document", field_name="proposal_line__proposal__number", widget=LINKED
    )
    source = filters.UUIDFilter(label="Source", field_name="source_id", widget=LINKED)
    currency = filters.CharFilter(label="Currency", widget=LINKED)
    since = filters.DateFilter(label="Worked from", field_name="service_on", lookup_expr="gte")
    until = filters.DateFilter(label="Worked to", field_name="service_on", lookup_expr="lte")

    class Meta:
        model = Charge
        fields = ()

    def found(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        """Keep charges whose contract, document or project contains the text."""
        return rows.filter(
            Q(contract__code__icontains=text)
            | Q(proposal_line__proposal__number__icontains=text)
            | Q(project__name__icontains=text)
            | Q(project__code__icontains=text)
        )

    def only_over(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep charges that a cap or purchase order kept back."""
        return rows.filter(not_billable_reason__in=OVER)

    def only_held(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep open charges whose source is on hold."""
        return held(rows.filter(status=ChargeStatus.OPEN))


class UnbilledFilter(OfEntity):
    """Contracts with open charges."""

    q = filters.CharFilter(label="Find a contract or customer", method="found")

    class Meta:
        model = Contract
        fields = ()

    def found(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        """Keep contracts whose code, name or customer contains the text."""
        return rows.filter(
            Q(code__icontains=text) | Q(name__icontains=text) | Q(customer__name__icontains=text)
        )


class DecisionFilter(filters.FilterSet):  # type: ignore[misc]
    """Write-offs, write-downs and write-ups."""

    q = filters.CharFilter(label="Find by contract or reason", method="found")
    kind = filters.ChoiceFilter(label="Kind", choices=worded(AdjustmentKind))
    status = filters.ChoiceFilter(label="Status", choices=worded(AdjustmentStatus))

    class Meta:
        model = Adjustment
        fields = ()

    def found(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        """Keep decisions whose contract, code or reason contains the text."""
        return rows.filter(
            Q(contract__code__icontains=text) | Q(code__icontains=text) | Q(reason__icontains=text)
        )
