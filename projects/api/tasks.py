"""Tasks over REST."""

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
from core.api.viewsets import Resource, find
from core.models import User
from core.rows import locked
from projects.actions import tasks
from projects.api.projects import Reason
from projects.models import Project, Task
from projects.queries import visible_projects, visible_tasks


class TaskOutput(Output):
    """A piece of a project; its contract line says how its time is billed."""

    project = serializers.CharField(source="project.code")

    class Meta:
        model = Task
        fields = (
            *("id", "project", "code", "name", "contract_line_key", "billable", "status", "budget_hours"),
            *("version", "created_at", "updated_at"),
        )


class TaskInput(Input):
    """What may be said about a task; a billable one names its contract line."""

    name = serializers.CharField(max_length=160)
    contract_line_key = serializers.CharField(max_length=40, required=False, allow_blank=True)
    billable = serializers.BooleanField(required=False)
    budget_hours = serializers.DecimalField(max_digits=10, decimal_places=2, required=False, allow_null=True)


class NewTask(TaskInput):
    """A new task of a project."""

    project = serializers.SlugRelatedField(slug_field="code", queryset=Project.objects.all())
    code = serializers.CharField(max_length=30)


class TaskFilter(filters.FilterSet):  # type: ignore[misc]
    """What tasks can be narrowed by."""

    project = filters.CharFilter(field_name="project__code")

    class Meta:
        model = Task
        fields = ("code", "status", "billable", "contract_line_key")


class TaskResource(Resource):
    """Tasks of the projects within the caller's reach."""

    permission = "project.view"
    action_permissions = dict.fromkeys(("create", "partial_update", "close", "reopen"), "project.edit")
    serializer_class = TaskOutput
    filterset_class = TaskFilter

    def visible(self, user: User) -> QuerySet[Any]:
        """Return the tasks the caller may see."""
        return visible_tasks(user).select_related("project")

    @extend_schema(request=NewTask, responses={201: TaskOutput})
    @idempotent
    def create(self, request: Request) -> Response:
        """Add a task to a project."""
        values = NewTask.read(request)
        project = find(visible_projects(self.caller), str(values.pop("project_id")))
        task = tasks.add_task(project.pk, **values, actor=self.actor)
        return self.answer(self.found(str(task.pk)), status=201)

    @extend_schema(request=TaskInput, responses=TaskOutput)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change the given fields; the code stays."""
        changes = TaskInput.read(request, partial=True)
        with transaction.atomic():
            task = locked(Task, self.get_object().pk)
            check_if_match(request, task)
            tasks.change_task(task.pk, **changes, actor=self.actor)
        return self.answer(self.get_object())

    @extend_schema(request=Reason, responses=TaskOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def close(self, request: Request, pk: str) -> Response:
        """Take no more time on the task."""
        tasks.close_task(self.get_object().pk, **Reason.read(request), actor=self.actor)
        return self.answer(self.get_object())

    @extend_schema(request=Reason, responses=TaskOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def reopen(self, request: Request, pk: str) -> Response:
        """Take time on the task again."""
        tasks.reopen_task(self.get_object().pk, **Reason.read(request), actor=self.actor)
        return self.answer(self.get_object())
