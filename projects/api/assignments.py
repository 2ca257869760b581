"""Assignments over REST."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.models import DeliveryRole
from contracts.states import Unit
from core.api.concurrency import check_if_match
from core.api.idempotency import idempotent
from core.api.serializers import Input
from core.api.viewsets import Resource, find
from core.models import User
from core.rows import locked
from projects.actions import assignments as verbs
from projects.api.employments import DatedOutput
from projects.api.projects import Reason
from projects.api.workers import LastDay
from projects.models import Assignment, Project, Worker
from projects.queries import visible_assignments, visible_projects


class AssignmentOutput(DatedOutput):
    """A worker on a project; `rate_override` is the agreed price of one `override_unit`."""

    worker = serializers.CharField(source="worker.code")
    project = serializers.CharField(source="project.code")
    role = serializers.CharField(source="role.code")
    currency = serializers.CharField(source="project.contract.currency_id")

    class Meta:
        model = Assignment
        fields = (
            *("id", "worker", "project", "role", "starts_on", "ends_on", "allocation_percent"),
            *("planned_hours", "rate_override", "override_unit", "currency", "status"),
            *("version", "created_at", "updated_at"),
        )


class AssignmentInput(Input):
    """What may be said about an assignment."""

    role = serializers.SlugRelatedField(slug_field="code", queryset=DeliveryRole.objects.all())
    allocation_percent = serializers.DecimalField(max_digits=6, decimal_places=2, required=False)
    planned_hours = serializers.DecimalField(
        max_digits=10, decimal_places=2, required=False, allow_null=True, min_value=0
    )
    rate_override = serializers.DecimalField(max_digits=18, decimal_places=4, required=False, allow_null=True)
    override_unit = serializers.ChoiceField(choices=Unit.choices, required=False)


class NewAssignment(AssignmentInput):
    """A worker for a project on the days `starts_on` to `ends_on`, confirmed unless told otherwise."""

    project = serializers.SlugRelatedField(slug_field="code", queryset=Project.objects.all())
    worker = serializers.SlugRelatedField(slug_field="code", queryset=Worker.objects.all())
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(required=False, allow_null=True)
    confirmed = serializers.BooleanField(required=False)


class AssignmentFilter(filters.FilterSet):  # type: ignore[misc]
    """What assignments can be narrowed by."""

    worker = filters.CharFilter(field_name="worker__code")
    project = filters.CharFilter(field_name="project__code")
    role = filters.CharFilter(field_name="role__code")
    on = filters.DateFilter(field_name="valid", lookup_expr="contains")

    class Meta:
        model = Assignment
        fields = ("status",)


class AssignmentResource(Resource):
    """Assignments on the projects within the caller's reach."""

    permission = "project.view"
    action_permissions = dict.fromkeys(("create", "partial_update", "confirm", "release"), "project.edit")
    serializer_class = AssignmentOutput
    filterset_class = AssignmentFilter

    def visible(self, user: User) -> QuerySet[Any]:
        """Return the assignments the caller may see."""
        return visible_assignments(user).select_related("worker", "project__contract", "role")

    @extend_schema(request=NewAssignment, responses={201: AssignmentOutput})
    @idempotent
    def create(self, request: Request) -> Response:
        """Put a worker on a project."""
        values = NewAssignment.read(request)
        project = find(visible_projects(self.caller), str(values.pop("project_id")))
        assignment = verbs.assign_worker(project.pk, **values, actor=self.actor)
        return self.answer(self.found(str(assignment.pk)), status=201)

    @extend_schema(request=AssignmentInput, responses=AssignmentOutput)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change role, allocation, planned hours or agreed price for all days."""
        changes = AssignmentInput.read(request, partial=True)
        with transaction.atomic():
            assignment = locked(Assignment, self.get_object().pk)
            check_if_match(request, assignment)
            verbs.change_assignment(assignment.pk, **changes, actor=self.actor)
        return self.answer(self.get_object())

    @extend_schema(request=Reason, responses=AssignmentOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def confirm(self, request: Request, pk: str) -> Response:
        """Confirm a proposed assignment."""
        verbs.confirm_assignment(self.get_object().pk, **Reason.read(request), actor=self.actor)
        return self.answer(self.get_object())

    @extend_schema(request=LastDay, responses=AssignmentOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def release(self, request: Request, pk: str) -> Response:
        """End the assignment with a day, or cancel one that would end before it began."""
        verbs.release_worker(self.get_object().pk, **LastDay.read(request), actor=self.actor)
        return self.answer(self.get_object())
