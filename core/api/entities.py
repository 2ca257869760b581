"""Legal entities and their accounting months over REST."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.access import scoped
from core.actions.periods import close_period, reopen_period
from core.api.idempotency import idempotent
from core.api.serializers import Input, Output
from core.api.viewsets import Resource
from core.models import AccountingPeriod, LegalEntity, User


class LegalEntityOutput(Output):
    """A company of the firm."""

    class Meta:
        model = LegalEntity
        fields = (
            *("id", "code", "name", "country", "base_currency", "time_zone", "tax_registration"),
            *("version", "updated_at"),
        )


class LegalEntityResource(Resource):
    """The legal entities where the caller has a role."""

    permission = "entity.view"
    serializer_class = LegalEntityOutput
    filterset_fields = ("code", "country", "base_currency")
    ordering_fields = ("code",)
    code_field = "code"

    def visible(self, user: User) -> QuerySet[Any]:
        """Return the entities the caller may see."""
        return scoped(LegalEntity.objects.all(), user, "entity.view", "pk")


class PeriodOutput(Output):
    """An accounting month of a legal entity."""

    legal_entity = serializers.CharField(source="legal_entity.code")
    closed_by = serializers.CharField(source="closed_by.username", default=None, allow_null=True)

    class Meta:
        model = AccountingPeriod
        fields = ("id", "legal_entity", "month", "state", "closed_by", "version", "updated_at")


class PeriodFilter(filters.FilterSet):  # type: ignore[misc]
    """What periods can be narrowed by."""

    legal_entity = filters.CharFilter(field_name="legal_entity__code")

    class Meta:
        model = AccountingPeriod
        fields = ("month", "state")


class CloseReason(Input):
    """A remark on the close."""

    reason = serializers.CharField(max_length=1000, required=False, default="", allow_blank=True)


class ReopenReason(Input):
    """Why the month must be opened again."""

    reason = serializers.CharField(max_length=1000)


class PeriodResource(Resource):
    """Accounting months, closed and reopened by two different people."""

    permission = "entity.view"
    action_permissions = {"close": "period.close", "reopen": "period.reopen"}
    serializer_class = PeriodOutput
    filterset_class = PeriodFilter
    ordering_fields = ("month",)

    def visible(self, user: User) -> QuerySet[Any]:
        """Return the months of the entities the caller may see."""
        periods = AccountingPeriod.objects.select_related("legal_entity", "closed_by")
        return scoped(periods, user, "entity.view", "legal_entity")

    @extend_schema(request=CloseReason, responses=PeriodOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def close(self, request: Request, pk: str) -> Response:
        """Close the month."""
        checked = CloseReason(data=request.data)
        checked.is_valid(raise_exception=True)
        close_period(self.get_object().pk, **checked.validated_data, actor=self.actor)
        return self.answer(self.get_object())

    @extend_schema(request=ReopenReason, responses=PeriodOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def reopen(self, request: Request, pk: str) -> Response:
        """Open the closed month again; somebody else than who closed it."""
        checked = ReopenReason(data=request.data)
        checked.is_valid(raise_exception=True)
        reopen_period(self.get_object().pk, **checked.validated_data, actor=self.actor)
        return self.answer(self.get_object())
