"""Processes and their steps over REST, and having them go on."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.idempotency import idempotent
from core.api.serializers import Input, Output
from core.api.viewsets import Resource
from core.models import User
from integrations.actions.processes import resume_process
from integrations.models import Process, ProcessStep, StepAttempt
from integrations.queries.processes import visible_processes
from integrations.relay.compensation import give_up


class StepAttemptOutput(Output):
    """One try of a step."""

    class Meta:
        model = StepAttempt
        fields = ("action", "outcome", "started_at", "milliseconds", "detail")


class StepOutput(Output):
    """A step; `result` is what it left, `operation_id` its one name in every try."""

    system = serializers.CharField(source="system.code", default=None, allow_null=True)
    log = StepAttemptOutput(many=True, read_only=True)

    class Meta:
        model = ProcessStep
        fields = (
            *("id", "position", "key", "label", "depends_on", "system", "operation_id", "state"),
            *("attempts", "available_at", "error_class", "error", "result", "started_at", "finished_at"),
            "log",
        )


class ProcessOutput(Output):
    """A process; `money_at_risk` is what its subject is worth, in `currency`, where that is known."""

    legal_entity = serializers.CharField(source="legal_entity.code")
    correlation_id = serializers.CharField(source="correlation")
    steps = StepOutput(many=True, read_only=True)

    class Meta:
        model = Process
        fields = (
            *("id", "kind", "subject_type", "subject_id", "subject_label", "party", "legal_entity"),
            *("money_at_risk", "currency", "state", "correlation_id", "created_at", "finished_at", "steps"),
            *("version", "updated_at"),
        )


class ProcessReason(Input):
    """Why; giving up needs it."""

    reason = serializers.CharField(max_length=240, required=False, allow_blank=True, default="")


class ProcessApiFilter(filters.FilterSet):  # type: ignore[misc]
    """What processes can be narrowed by."""

    legal_entity = filters.CharFilter(field_name="legal_entity__code")
    correlation_id = filters.CharFilter(field_name="correlation")

    class Meta:
        model = Process
        fields = ("kind", "state", "subject_id", "subject_label")


class ProcessResource(Resource):
    """Processes with their steps: what is confirmed, what waits, and why."""

    permission = "process.view"
    action_permissions = {"resume": "process.work", "cancel": "process.work"}
    serializer_class = ProcessOutput
    filterset_class = ProcessApiFilter
    ordering_fields = ("created_at", "pk")

    def visible(self, user: User) -> QuerySet[Any]:
        """Return the processes the caller may see."""
        rows = visible_processes(user).select_related("legal_entity")
        return rows.prefetch_related("steps__system", "steps__log")

    @extend_schema(request=ProcessReason, responses=ProcessOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def resume(self, request: Request, pk: str) -> Response:
        """Have the steps that stopped tried again now; nothing done is done again."""
        resume_process(self.get_object().pk, **ProcessReason.read(request), actor=self.actor)
        return self.answer(self.get_object())

    @extend_schema(request=ProcessReason, responses=ProcessOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def cancel(self, request: Request, pk: str) -> Response:
        """Give the process up, with a reason; projects that never opened are taken back."""
        give_up(self.get_object().pk, **ProcessReason.read(request), actor=self.actor)
        return self.answer(self.get_object())
