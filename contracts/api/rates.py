"""Rate cards and prices over REST."""

from dataclasses import fields
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from contracts.actions.dimensions import RateDimensions
from contracts.models import ANY, Rate
from contracts.queries import visible_rates
from core.api.serializers import Input, Output
from core.api.viewsets import Resource
from core.models import User

DIMENSIONS = tuple(field.name for field in fields(RateDimensions))


class RateOutput(Output):
    """A price of the days `starts_on` to `ends_on`, held to be true from `known_from` until `known_until`."""

    card = serializers.CharField(source="card.code")
    currency = serializers.CharField(source="card.currency_id")
    unit = serializers.CharField(source="card.unit")
    starts_on = serializers.DateField(source="valid.lower")
    ends_on = serializers.SerializerMethodField()
    known_from = serializers.DateTimeField(source="known.lower")
    known_until = serializers.DateTimeField(source="known.upper", allow_null=True)
    set_by = serializers.CharField(source="set_by.username")

    class Meta:
        model = Rate
        fields = (
            *("id", "card", "role", "worker", "region", "service_line", "work_type", "amount", "currency"),
            *("unit", "starts_on", "ends_on", "known_from", "known_until", "set_by", "reason"),
        )

    @extend_schema(responses=serializers.DateField)
    def get_ends_on(self, rate: Rate) -> Any:
        """Return the last day, or null where the price is open-ended."""
        days: Any = rate.valid
        return days.upper and (days.upper - timedelta(days=1)).isoformat()


class Dimensions(Input):
    """Whom and what a price is for, by code; 'any' matches everything."""

    role = serializers.CharField(max_length=30, default=ANY)
    worker = serializers.CharField(max_length=30, default=ANY)
    region = serializers.CharField(max_length=30, default=ANY)
    service_line = serializers.CharField(max_length=30, default=ANY)
    work_type = serializers.CharField(max_length=30, default=ANY)
    reason = serializers.CharField(max_length=240, required=False, default="", allow_blank=True)

    @classmethod
    def read(cls, request: Request, *, partial: bool = False) -> dict[str, Any]:
        """Return the values with the dimensions as the verbs take them."""
        values = super().read(request, partial=partial)
        dims = RateDimensions(**{name: values.pop(name) for name in DIMENSIONS})
        return values | {"dims": dims}


class NewPrice(Dimensions):
    """A price of one unit for the days `starts_on` to `ends_on`, or until it is changed."""

    amount = serializers.DecimalField(max_digits=18, decimal_places=4, min_value=0)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(required=False, allow_null=True)


class LastDay(Dimensions):
    """The last day on which a price holds."""

    ends_on = serializers.DateField()


class RateFilter(filters.FilterSet):  # type: ignore[misc]
    """What prices can be narrowed by; without `known_at` also those that are no longer known are listed."""

    card = filters.CharFilter(field_name="card__code")
    on = filters.DateFilter(field_name="valid", lookup_expr="contains", label="Prices of this day.")
    known_at = filters.IsoDateTimeFilter(field_name="known", lookup_expr="contains")
    current = filters.BooleanFilter(field_name="known", lookup_expr="upper_inf")

    class Meta:
        model = Rate
        fields = DIMENSIONS


class RateResource(Resource):
    """Prices, known now or formerly."""

    permission = "rate.view"
    serializer_class = RateOutput
    filterset_class = RateFilter

    def visible(self, user: User) -> QuerySet[Any]:
        """Return the prices the caller may see."""
        return visible_rates(user).select_related("card", "set_by")
