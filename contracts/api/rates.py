"""Rate cards and prices over REST."""

from dataclasses import fields
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.actions.dimensions import RateDimensions
from contracts.actions.rate_cards import create_card, rename_card
from contracts.actions.rates import end_rate, set_rate
from contracts.models import ANY, Contract, Customer, Rate, RateCard
from contracts.queries import visible_rate_cards, visible_rates
from contracts.states import Unit
from core.api.concurrency import check_if_match
from core.api.idempotency import idempotent
from core.api.serializers import Input, Output
from core.api.viewsets import Resource
from core.models import Currency, LegalEntity, User
from core.rows import locked

DIMENSIONS = tuple(field.name for field in fields(RateDimensions))


class RateCardOutput(Output):
    """A list of prices of one unit in one currency; its scope says whose."""

    legal_entity = serializers.CharField(source="legal_entity.code", default=None, allow_null=True)
    customer = serializers.CharField(source="customer.code", default=None, allow_null=True)
    contract = serializers.CharField(source="contract.code", default=None, allow_null=True)

    class Meta:
        model = RateCard
        fields = (
            *("id", "code", "name", "scope", "legal_entity", "customer", "contract", "currency", "unit"),
            *("version", "created_at", "updated_at"),
        )


class NewRateCard(Input):
    """A new card; exactly the object its scope names is given."""

    code = serializers.CharField(max_length=20, required=False, allow_blank=True)
    name = serializers.CharField(max_length=120)
    scope = serializers.ChoiceField(choices=RateCard.Scope.choices)
    currency = serializers.SlugRelatedField(slug_field="code", queryset=Currency.objects.all())
    unit = serializers.ChoiceField(choices=Unit.choices, required=False)
    legal_entity = serializers.SlugRelatedField(
        slug_field="code", queryset=LegalEntity.objects.all(), required=False, allow_null=True
    )
    customer = serializers.SlugRelatedField(
        slug_field="code", queryset=Customer.objects.all(), required=False, allow_null=True
    )
    contract = serializers.SlugRelatedField(
        slug_field="code", queryset=Contract.objects.all(), required=False, allow_null=True
    )


class CardName(Input):
    """The only fact of a card that changes."""

    name = serializers.CharField(max_length=120)


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


class RateCardFilter(filters.FilterSet):  # type: ignore[misc]
    """What rate cards can be narrowed by."""

    legal_entity = filters.CharFilter(field_name="legal_entity__code")
    customer = filters.CharFilter(field_name="customer__code")
    contract = filters.CharFilter(field_name="contract__code")
    currency = filters.CharFilter(field_name="currency_id")

    class Meta:
        model = RateCard
        fields = ("code", "scope", "unit")


class RateCardResource(Resource):
    """Rate cards, and the setting of their prices."""

    permission = "rate.view"
    action_permissions = dict.fromkeys(("create", "partial_update", "rates", "end_rate"), "rate.edit")
    serializer_class = RateCardOutput
    filterset_class = RateCardFilter
    ordering_fields = ("code", "name", "updated_at")
    code_field = "code"

    def visible(self, user: User) -> QuerySet[Any]:
        """Return the cards the caller may see."""
        return visible_rate_cards(user).select_related("legal_entity", "customer", "contract")

    @extend_schema(request=NewRateCard, responses={201: RateCardOutput})
    @idempotent
    def create(self, request: Request) -> Response:
        """Open a card."""
        card = create_card(**NewRateCard.read(request), actor=self.actor)
        return self.answer(self.found(str(card.pk)), status=201)

    @extend_schema(request=CardName, responses=RateCardOutput)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Rename the card."""
        values = CardName.read(request)
        with transaction.atomic():
            card = locked(RateCard, self.get_object().pk)
            check_if_match(request, card)
            rename_card(card.pk, **values, actor=self.actor)
        return self.answer(self.get_object())

    @extend_schema(request=NewPrice, responses={201: RateOutput})
    @action(detail=True, methods=["post"])
    @idempotent
    def rates(self, request: Request, pk: str) -> Response:
        """Set a price, also back-dated; what was known stays on record."""
        values = NewPrice.read(request)
        rate = set_rate(self.get_object().pk, **values, now=timezone.now(), actor=self.actor)
        return Response(RateOutput(rate).data, status=201)

    @extend_schema(request=LastDay, responses=RateCardOutput)
    @action(detail=True, methods=["post"], url_path="rates/end")
    @idempotent
    def end_rate(self, request: Request, pk: str) -> Response:
        """Let the price of exactly these dimensions end with a day."""
        end_rate(self.get_object().pk, **LastDay.read(request), now=timezone.now(), actor=self.actor)
        return self.answer(self.get_object())


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
