"""Rate cards over REST, and the setting of their prices."""

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

from contracts.actions.rate_cards import create_card, rename_card
from contracts.actions.rates import end_rate, set_rate
from contracts.api.rates import LastDay, NewPrice, RateOutput
from contracts.models import Contract, Customer, RateCard
from contracts.queries import visible_rate_cards
from contracts.states import Unit
from core.api.concurrency import check_if_match
from core.api.idempotency import idempotent
from core.api.serializers import Input, Output
from core.api.viewsets import Resource
from core.models import Currency, LegalEntity, User
from core.rows import locked


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
