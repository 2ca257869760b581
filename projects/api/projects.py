"""Projects and tasks over REST."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.models import Contract, ServiceLine
from contracts.queries import visible_contracts
from core.api.concurrency import check_if_match
from core.api.idempotency import idempotent
from core.api.serializers import Input, Output
from core.api.viewsets import Resource, find
from core.models import LegalEntity, User
from core.rows import locked
from projects.actions import lifecycle
from projects.actions import projects as verbs
from projects.models import Project, Worker
from projects.queries import visible_projects


class ProjectOutput(Output):
    """The delivery of a contract by one legal entity."""

    contract = serializers.CharField(source="contract.code")
    legal_entity = serializers.CharField(source="legal_entity.code")
    manager = serializers.CharField(source="manager.code")
    service_line = serializers.CharField(source="service_line.code")

    class Meta:
        model = Project
        fields = (
            *("id", "code", "name", "contract", "legal_entity", "manager", "service_line", "starts_on"),
            *("ends_on", "status", "waits_for", "version", "created_at", "updated_at"),
        )


class ProjectInput(Input):
    """What may be said about a project; the delivering entity may differ from the contract's."""

    name = serializers.CharField(max_length=160)
    legal_entity = serializers.SlugRelatedField(
        slug_field="code", queryset=LegalEntity.objects.all(), required=False
    )
    manager = serializers.SlugRelatedField(slug_field="code", queryset=Worker.objects.all())
    service_line = serializers.SlugRelatedField(slug_field="code", queryset=ServiceLine.objects.all())
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(required=False, allow_null=True)


class NewProject(ProjectInput):
    """A new project of an active contract; without a code it gets the next free one."""

    code = serializers.CharField(max_length=20, required=False, allow_blank=True)
    contract = serializers.SlugRelatedField(slug_field="code", queryset=Contract.objects.all())


class Reason(Input):
    """Why; some steps require it."""

    reason = serializers.CharField(max_length=1000, required=False, default="", allow_blank=True)


class ProjectFilter(filters.FilterSet):  # type: ignore[misc]
    """What projects can be narrowed by."""

    contract = filters.CharFilter(field_name="contract__code")
    legal_entity = filters.CharFilter(field_name="legal_entity__code")
    manager = filters.CharFilter(field_name="manager__code")
    service_line = filters.CharFilter(field_name="service_line__code")

    class Meta:
        model = Project
        fields = ("code", "status")


class ProjectResource(Resource):
    """Projects within the caller's reach."""

    permission = "project.view"
    action_permissions = dict.fromkeys(
        ("create", "partial_update", "activate", "hold", "resume", "close", "cancel"), "project.edit"
    )
    serializer_class = ProjectOutput
    filterset_class = ProjectFilter
    ordering_fields = ("code", "name", "updated_at")
    code_field = "code"

    def visible(self, user: User) -> QuerySet[Any]:
        """Return the projects the caller may see."""
        return visible_projects(user).select_related("contract", "legal_entity", "manager", "service_line")

    @extend_schema(request=NewProject, responses={201: ProjectOutput})
    @idempotent
    def create(self, request: Request) -> Response:
        """Plan a project of an active contract."""
        values = NewProject.read(request)
        contract = find(visible_contracts(self.caller), str(values.pop("contract_id")))
        project = verbs.create_project(contract.pk, **values, actor=self.actor)
        return self.answer(self._shown(project), status=201)

    @extend_schema(request=ProjectInput, responses=ProjectOutput)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change the given fields."""
        changes = ProjectInput.read(request, partial=True)
        with transaction.atomic():
            project = locked(Project, self.get_object().pk)
            check_if_match(request, project)
            changed = verbs.change_project(project.pk, **changes, actor=self.actor)
        return self.answer(self._shown(changed))

    @extend_schema(request=Reason, responses=ProjectOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def activate(self, request: Request, pk: str) -> Response:
        """Open the project for time."""
        return self._moved(verbs.activate_project, request)

    @extend_schema(request=Reason, responses=ProjectOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def hold(self, request: Request, pk: str) -> Response:
        """Stop taking time for a while; the reason is required."""
        return self._moved(lifecycle.hold_project, request)

    @extend_schema(request=Reason, responses=ProjectOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def resume(self, request: Request, pk: str) -> Response:
        """Take time again."""
        return self._moved(lifecycle.resume_project, request)

    @extend_schema(request=Reason, responses=ProjectOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def close(self, request: Request, pk: str) -> Response:
        """Take no more time."""
        return self._moved(lifecycle.close_project, request)

    @extend_schema(request=Reason, responses=ProjectOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def cancel(self, request: Request, pk: str) -> Response:
        """Give the project up before work began; the reason is required."""
        return self._moved(lifecycle.cancel_project, request)

    def _moved(self, verb: Any, request: Request) -> Response:
        project = verb(self.get_object().pk, **Reason.read(request), actor=self.actor)
        return self.answer(self._shown(project))

    def _shown(self, project: Project) -> Project:
        """Return the project as it is now, also where the caller just gave it into other hands."""
        read_with = ("contract", "legal_entity", "manager", "service_line")
        return Project.objects.select_related(*read_with).get(pk=project.pk)
