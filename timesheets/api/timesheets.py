"""Weeks over REST: read them, submit them, take them back."""

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.idempotency import idempotent
from core.api.serializers import Input, Output
from core.api.viewsets import Resource
from core.models import User
from projects.models import Project
from timesheets.actions.weeks import recall_time, submit_time
from timesheets.filters import TimesheetApiFilter
from timesheets.models import Timesheet
from timesheets.queries.visible import visible_timesheets
from timesheets.states import EntryKind, EntryStatus

# The least finished entry decides what a week is.
_ORDER = (EntryStatus.REJECTED, EntryStatus.DRAFT, EntryStatus.SUBMITTED, EntryStatus.APPROVED)


class TimesheetOutput(Output):
    """A worker's week; its status is that of its least finished entry, `hours` are those in each status."""

    worker = serializers.CharField(source="worker.code")
    status = serializers.SerializerMethodField()
    hours = serializers.SerializerMethodField()

    class Meta:
        model = Timesheet
        fields = ("id", "worker", "week", "status", "hours", "version")

    def get_hours(self, sheet: Timesheet) -> dict[str, str]:
        """Return the hours that stand for work, by status."""
        hours: dict[str, Decimal] = {}
        for entry in sheet.entries.all():
            settled = entry.kind == EntryKind.WORK or entry.status == EntryStatus.APPROVED
            if settled and entry.kind != EntryKind.REVERSAL and entry.status != EntryStatus.CORRECTED:
                hours[entry.status] = hours.get(entry.status, Decimal(0)) + entry.hours
        return {status: f"{total:f}" for status, total in hours.items()}

    def get_status(self, sheet: Timesheet) -> str:
        """Return the status of the least finished entry; an empty week is a draft."""
        hours = self.get_hours(sheet)
        return next((str(status) for status in _ORDER if status in hours), str(EntryStatus.DRAFT))


class OneProject(Input):
    """One project of the week; left out, the whole week."""

    project = serializers.SlugRelatedField(slug_field="code", queryset=Project.objects.all(), required=False)


class TimesheetResource(Resource):
    """The weeks the caller may see."""

    permission = "time.view"
    action_permissions = dict.fromkeys(("submit", "recall"), "time.enter")
    serializer_class = TimesheetOutput
    filterset_class = TimesheetApiFilter
    ordering_fields = ("pk", "week")

    def visible(self, user: User) -> QuerySet[Any]:
        """Return the weeks the caller may see, with their entries."""
        return visible_timesheets(user).select_related("worker").prefetch_related("entries")

    @extend_schema(request=OneProject, responses=TimesheetOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def submit(self, request: Request, pk: str) -> Response:
        """Submit the drafts and rejected entries of the week: all of them, or none."""
        sheet, chosen = self.get_object(), OneProject.read(request)
        submit_time(sheet.worker_id, sheet.week, actor=self.actor, on=timezone.localdate(), **chosen)
        return self.answer(self.get_object())

    @extend_schema(request=OneProject, responses=TimesheetOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def recall(self, request: Request, pk: str) -> Response:
        """Take submitted time of the week back to draft."""
        sheet, chosen = self.get_object(), OneProject.read(request)
        recall_time(sheet.worker_id, sheet.week, actor=self.actor, **chosen)
        return self.answer(self.get_object())
