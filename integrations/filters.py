"""What an address asks for, read leniently: what cannot be understood falls back to the usual view."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from core.identifiers import parse_uuid
from core.presentation.vocabulary import choices_of
from integrations.models import Delivery, Process, System
from integrations.states import DeliveryState, ProcessState

SHOWN = {"breaks": "Breaks", "matched": "Matched", "explained": "Explained", "excluded": "Excluded"}


@dataclass(frozen=True)
class AskedMonth:
    """Which legal entity, month and currency of a reconciliation, which view of it, which row is open."""

    entity: str = ""
    month: date | None = None
    currency: str = ""
    show: str = "breaks"
    open: uuid.UUID | None = None

    @classmethod
    def parse(cls, query: Mapping[str, Any]) -> "AskedMonth":
        """Read the address."""
        show = str(query.get("show", ""))
        return cls(
            entity=str(query.get("entity", ""))[:20],
            month=_month(str(query.get("period", ""))),
            currency=str(query.get("currency", ""))[:3],
            show=show if show in SHOWN else "breaks",
            open=parse_uuid(str(query.get("break", ""))),
        )


def _month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None


class DeliveryFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Narrow the messages by system, state and text."""

    q = django_filters.CharFilter(label="Find by document, number or operation id", method="find")
    system = django_filters.ModelChoiceFilter(
        label="System", queryset=System.objects.all(), to_field_name="code"
    )
    state = django_filters.ChoiceFilter(label="State", choices=DeliveryState.choices, empty_label="State")
    stuck = django_filters.BooleanFilter(
        label="Needs a person", method="needs_a_person", widget=forms.HiddenInput
    )

    class Meta:
        model = Delivery
        fields = ("q", "system", "state", "stuck")

    def find(self, queryset: QuerySet[Delivery], name: str, value: str) -> QuerySet[Delivery]:
        """Find by our number, their number, operation id or correlation id."""
        identifier = parse_uuid(value)
        wanted = Q(aggregate_label__icontains=value) | Q(result__number=value) | Q(correlation_id=value)
        return queryset.filter(wanted | Q(operation_id=identifier) if identifier else wanted)

    def needs_a_person(self, queryset: QuerySet[Delivery], name: str, value: bool) -> QuerySet[Delivery]:
        """Keep what goes no further by itself."""
        stuck = (DeliveryState.REJECTED, DeliveryState.DEAD, DeliveryState.UNKNOWN)
        return queryset.filter(state__in=stuck) if value else queryset


class ProcessFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Narrow the processes by state and text."""

    q = django_filters.CharFilter(label="Find by contract, customer or correlation id", method="find")
    state = django_filters.ChoiceFilter(
        label="State", choices=choices_of(ProcessState, "process"), empty_label="State"
    )

    class Meta:
        model = Process
        fields = ("q", "state")

    def find(self, queryset: QuerySet[Process], name: str, value: str) -> QuerySet[Process]:
        """Find by our code, the customer's name or the correlation id."""
        wanted = Q(subject_label__icontains=value) | Q(party__icontains=value) | Q(correlation=value)
        return queryset.filter(wanted)
