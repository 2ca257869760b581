"""Dated employments over REST."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from contracts.models import DeliveryRole, Region
from core.api.serializers import Input, Output
from core.api.viewsets import Resource
from core.models import Currency, LegalEntity, User
from core.permissions import holds
from projects.models import Employment, Worker
from projects.queries import visible_employments

ONE_DAY = timedelta(days=1)


class DatedOutput(Output):
    """A row that covers the days `starts_on` to `ends_on`."""

    starts_on = serializers.DateField(source="valid.lower")
    ends_on = serializers.SerializerMethodField()

    @extend_schema(responses=serializers.DateField)
    def get_ends_on(self, row: Any) -> Any:
        """Return the last day, or null where it is open-ended."""
        return row.valid.upper and (row.valid.upper - ONE_DAY).isoformat()


class EmploymentOutput(DatedOutput):
    """What a worker is employed as; the cost rate is null to those who may not see it."""

    worker = serializers.CharField(source="worker.code")
    legal_entity = serializers.CharField(source="legal_entity.code")
    role = serializers.CharField(source="role.code")
    region = serializers.CharField(source="region.code")
    manager = serializers.CharField(source="manager.code", default=None, allow_null=True)

    class Meta:
        model = Employment
        fields = (
            *("id", "worker", "legal_entity", "role", "region", "practice", "cost_centre", "manager"),
            *("capacity_hours", "cost_rate", "cost_currency", "starts_on", "ends_on"),
            *("version", "created_at", "updated_at"),
        )

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Leave out what the reader may not see."""
        shown: dict[str, Any] = super().to_representation(instance)
        reader = self.context["request"].user
        if not holds(reader, "worker.view_cost", instance.legal_entity_id):
            shown |= {name: None for name in ("cost_rate", "cost_currency") if name in shown}
        return shown


class NewEmployment(Input):
    """An employment on the days `starts_on` to `ends_on`, or until it is changed."""

    starts_on = serializers.DateField()
    ends_on = serializers.DateField(required=False, allow_null=True)
    legal_entity = serializers.SlugRelatedField(slug_field="code", queryset=LegalEntity.objects.all())
    role = serializers.SlugRelatedField(slug_field="code", queryset=DeliveryRole.objects.all())
    region = serializers.SlugRelatedField(slug_field="code", queryset=Region.objects.all())
    practice = serializers.CharField(max_length=40, required=False, allow_blank=True)
    cost_centre = serializers.CharField(max_length=30, required=False, allow_blank=True)
    manager = serializers.SlugRelatedField(
        slug_field="code", queryset=Worker.objects.all(), required=False, allow_null=True
    )
    capacity_hours = serializers.DecimalField(max_digits=5, decimal_places=2)
    cost_rate = serializers.DecimalField(max_digits=18, decimal_places=4, required=False, allow_null=True)
    cost_currency = serializers.SlugRelatedField(
        slug_field="code", queryset=Currency.objects.all(), required=False, allow_null=True
    )
    reason = serializers.CharField(max_length=1000, required=False, default="", allow_blank=True)


class EmploymentFilter(filters.FilterSet):  # type: ignore[misc]
    """What employments can be narrowed by."""

    worker = filters.CharFilter(field_name="worker__code")
    legal_entity = filters.CharFilter(field_name="legal_entity__code")
    role = filters.CharFilter(field_name="role__code")
    region = filters.CharFilter(field_name="region__code")
    on = filters.DateFilter(field_name="valid", lookup_expr="contains")

    class Meta:
        model = Employment
        fields = ("practice", "cost_centre")


class EmploymentResource(Resource):
    """Employments by the caller's legal entities, and the own ones."""

    permission = "project.view"
    serializer_class = EmploymentOutput
    filterset_class = EmploymentFilter

    def visible(self, user: User) -> QuerySet[Any]:
        """Return the employments the caller may see."""
        read_with = ("worker", "legal_entity", "role", "region", "manager")
        return visible_employments(user).select_related(*read_with)
