"""Workers and their dated employments over REST."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.concurrency import check_if_match
from core.api.idempotency import idempotent
from core.api.serializers import Input, Output
from core.api.viewsets import Resource
from core.models import User
from core.rows import locked
from projects.actions.workers import change_worker, create_worker, end_employment, set_employment
from projects.api.employments import EmploymentOutput, NewEmployment
from projects.models import Worker
from projects.queries import visible_workers


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
