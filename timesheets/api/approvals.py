"""Decisions on time over REST."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.idempotency import idempotent
from core.api.serializers import Input, Output
from core.api.viewsets import Resource
from core.errors import Invalid
from core.models import User
from projects.models import Project, Worker
from timesheets.actions.approvals import approve_time, reject_time
from timesheets.filters import ApprovalApiFilter
from timesheets.models import Approval
from timesheets.queries.slices import Slice
from timesheets.queries.visible import visible_approvals

MOST_SLICES = 1000


class ApprovalOutput(Output):
    """A decision on the time of one worker on one project in one week."""

    worker = serializers.CharField(source="worker.code")
    project = serializers.CharField(source="project.code")
    decided_by = serializers.CharField(source="decided_by.username")

    class Meta:
        model = Approval
        fields = (
            *("id", "worker", "project", "week", "decision", "comment", "entries", "hours"),
            *("decided_by", "decided_at", "version"),
        )


class SliceInput(Input):
    """A worker's week on a project; `entries` and `hours` refuse the decision if it is no longer that."""

    worker = serializers.CharField(max_length=30)
    project = serializers.CharField(max_length=20)
    week = serializers.DateField(help_text="The Monday.")
    entries = serializers.IntegerField(required=False, min_value=0)
    hours = serializers.DecimalField(max_digits=12, decimal_places=4, required=False)


class DecisionInput(Input):
    """A decision on up to 1,000 slices; a rejection needs the comment."""

    decision = serializers.ChoiceField(Approval.Decision.choices)
    slices = SliceInput(many=True, allow_empty=False, max_length=MOST_SLICES)  # type: ignore[call-arg]
    comment = serializers.CharField(max_length=500, default="", allow_blank=True)


class DecidedOutput(serializers.Serializer[Any]):
    """How much was decided; nothing where it had been decided before."""

    entries = serializers.IntegerField()
    hours = serializers.DecimalField(max_digits=14, decimal_places=4)
    slices = serializers.IntegerField()


class ApprovalResource(Resource):
    """The decisions on time the caller may see; POST decides."""

    permission = "time.view"
    action_permissions = {"create": "time.approve"}
    serializer_class = ApprovalOutput
    filterset_class = ApprovalApiFilter
    ordering_fields = ("pk", "decided_at")

    def visible(self, user: User) -> QuerySet[Any]:
        """Return the decisions the caller may see."""
        return visible_approvals(user).select_related("worker", "project", "decided_by")

    @extend_schema(request=DecisionInput, responses={201: DecidedOutput})
    @idempotent
    def create(self, request: Request) -> Response:
        """Approve or reject submitted time, all the slices or none."""
        given = DecisionInput.read(request)
        slices = _slices(given["slices"])
        decide = approve_time if given["decision"] == Approval.Decision.APPROVED else reject_time
        decided = decide(slices, actor=self.actor, reason=given["comment"])
        return Response(DecidedOutput(decided).data, status=201)


def _slices(given: list[dict[str, Any]]) -> list[Slice]:
    workers = _ids(Worker.objects.all(), (part["worker"] for part in given), "worker")
    projects = _ids(Project.objects.all(), (part["project"] for part in given), "project")
    return [
        Slice(
            workers[part["worker"]],
            projects[part["project"]],
            part["week"],
            part.get("entries"),
            part.get("hours"),
        )
        for part in given
    ]


def _ids(rows: QuerySet[Any], codes: Iterable[str], noun: str) -> dict[str, uuid.UUID]:
    wanted = set(codes)
    found = dict(rows.filter(code__in=wanted).values_list("code", "pk"))
    if missing := sorted(wanted - set(found)):
        raise Invalid(f"There is no {noun} with the code {missing[0]}.", field="slices")
    return found
