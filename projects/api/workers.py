"""Workers and their dated employments over REST."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.models import DeliveryRole, Region
from core.api.concurrency import check_if_match
from core.api.idempotency import idempotent
from core.api.serializers import Input, Output
from core.api.viewsets import Resource
from core.models import Currency, LegalEntity, User
from core.permissions import holds
from core.rows import locked
from projects.actions.workers import change_worker, create_worker, end_employment, set_employment
from projects.models import Employment, Worker
from projects.queries import visible_employments, visible_workers

ONE_DAY = timedelta(days=1)


class DatedOutput(Output):
    """A row that covers the days `starts_on` to `ends_on`."""

    starts_on = serializers.DateField(source="valid.lower")
    ends_on = serializers.SerializerMethodField()

    @extend_schema(responses=serializers.DateField)
    def get_ends_on(self, row: Any) -> Any:
        """Return the last day, or null where it is open-ended."""
        return row.valid.upper and (row.valid.upper - ONE_DAY).isoformat()


class WorkerOutput(Output):
    """Somebody who delivers work."""

    user = serializers.CharField(source="user.username", default=None, allow_null=True)

    class Meta:
        model = Worker
        fields = ("id", "code", "name", "email", "user", "kind", "version", "created_at", "updated_at")


class WorkerInput(Input):
    """What may be said about a worker."""

    name = serializers.CharField(max_length=120)
    email = serializers.EmailField(required=False, allow_blank=True)
    kind = serializers.ChoiceField(choices=Worker.Kind.choices, required=False)
    user = serializers.SlugRelatedField(
        slug_field="username",
        queryset=User.objects.filter(is_service_account=False),
        required=False,
        allow_null=True,
    )


class NewWorker(WorkerInput):
    """A new worker; without a code it gets the next free one."""

    code = serializers.CharField(max_length=30, required=False, allow_blank=True)


class WorkerFilter(filters.FilterSet):  # type: ignore[misc]
    """What workers can be narrowed by."""

    employed_on = filters.DateFilter(field_name="employments__valid", lookup_expr="contains", distinct=True)

    class Meta:
        model = Worker
        fields = ("code", "kind")


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


class LastDay(Input):
    """The last day of something."""

    ends_on = serializers.DateField()
    reason = serializers.CharField(max_length=1000, required=False, default="", allow_blank=True)


class WorkerResource(Resource):
    """Workers: all for those who plan or bill them, else the own record."""

    permission = "project.view"
    action_permissions = dict.fromkeys(("create", "partial_update", "employ", "leave"), "worker.edit")
    serializer_class = WorkerOutput
    filterset_class = WorkerFilter
    ordering_fields = ("code", "name", "updated_at")
    code_field = "code"

    def visible(self, user: User) -> QuerySet[Any]:
        """Return the workers the caller may see."""
        return visible_workers(user).select_related("user")

    @extend_schema(request=NewWorker, responses={201: WorkerOutput})
    @idempotent
    def create(self, request: Request) -> Response:
        """Enter a worker."""
        worker = create_worker(**NewWorker.read(request), actor=self.actor)
        return self.answer(self.found(str(worker.pk)), status=201)

    @extend_schema(request=WorkerInput, responses=WorkerOutput)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change the given fields."""
        changes = WorkerInput.read(request, partial=True)
        with transaction.atomic():
            worker = locked(Worker, self.get_object().pk)
            check_if_match(request, worker)
            change_worker(worker.pk, **changes, actor=self.actor)
        return self.answer(self.get_object())

    @extend_schema(request=NewEmployment, responses={201: EmploymentOutput})
    @action(detail=True, methods=["post"], url_path="employments")
    @idempotent
    def employ(self, request: Request, pk: str) -> Response:
        """Say as what the worker is employed; a former employment gives up these days."""
        values = NewEmployment.read(request)
        employment = set_employment(self.get_object().pk, **values, actor=self.actor)
        shown = EmploymentOutput(employment, context=self.get_serializer_context()).data
        return Response(shown, status=201)

    @extend_schema(request=LastDay, responses=WorkerOutput)
    @action(detail=True, methods=["post"], url_path="employments/end")
    @idempotent
    def leave(self, request: Request, pk: str) -> Response:
        """Let the worker leave after a day."""
        end_employment(self.get_object().pk, **LastDay.read(request), actor=self.actor)
        return self.answer(self.get_object())


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
