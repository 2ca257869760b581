"""Time entries over REST: read them, send batches, ask for corrections."""

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
from core.errors import Refusal
from core.models import User
from projects.models import Task
from timesheets.actions.corrections import correct_time, withdraw_correction
from timesheets.actions.intake import record_time, source_system, try_time
from timesheets.filters import EntryApiFilter
from timesheets.intake.lines import FIELDS, read_lines
from timesheets.intake.results import IntakeResult
from timesheets.models import TimeEntry
from timesheets.queries.visible import visible_time

MOST_ROWS = 1000


class TooManyRows(Refusal):
    """A batch is answered at once, so it is small; files carry more."""

    code = "too_many_rows"
    status = 413


class EntryOutput(Output):
    """Hours of one worker on one task and day; reversals are negative. What counts is the approved
    work or replacement of each `root_id`."""

    worker = serializers.CharField(source="worker.code")
    project = serializers.CharField(source="project.code")
    task = serializers.CharField(source="task.code")
    work_type = serializers.CharField(source="work_type.code")
    week = serializers.DateField(source="timesheet.week")
    submitted_by = serializers.CharField(source="submitted_by.username", default=None, allow_null=True)
    approved_by = serializers.CharField(source="approved_by.username", default=None, allow_null=True)

    class Meta:
        model = TimeEntry
        fields = (
            *(
                "id",
                "worker",
                "project",
                "task",
                "work_date",
                "week",
                "hours",
                "work_type",
                "location",
                "note",
            ),
            *("billable", "status", "kind", "root_id", "corrects", "source_system", "source_key"),
            *("submitted_by", "submitted_at", "approved_by", "approved_at", "rejection_reason", "version"),
        )


class Batch(Input):
    """Up to 1,000 rows of one source system; each row's `source_key` is what the source calls it."""

    source_system = serializers.CharField(max_length=30)
    submit = serializers.BooleanField(default=False)
    dry_run = serializers.BooleanField(default=False)
    rows = serializers.ListField(
        child=serializers.JSONField(allow_null=True), allow_empty=False, help_text=", ".join(FIELDS)
    )


class RowOutput(serializers.Serializer[Any]):
    """What became of a row; a refused one says why."""

    row = serializers.IntegerField()
    source_key = serializers.CharField()
    outcome = serializers.ChoiceField(("created", "updated", "unchanged", "refused"))
    entry_id = serializers.UUIDField(allow_null=True)
    code = serializers.CharField()
    field = serializers.CharField()
    sentence = serializers.CharField()


class BatchOutput(serializers.Serializer[Any]):
    """The result of a batch, row by row, and how many rows had which outcome."""

    counts = serializers.DictField(child=serializers.IntegerField())
    rows = RowOutput(many=True)


class CorrectionInput(Input):
    """What was right instead; what is left out stays. `void` says the work never happened."""

    reason = serializers.CharField(max_length=500)
    void = serializers.BooleanField(default=False)
    task = serializers.PrimaryKeyRelatedField(queryset=Task.objects.all(), required=False)
    work_date = serializers.DateField(required=False)
    hours = serializers.DecimalField(max_digits=12, decimal_places=6, required=False)
    work_type = serializers.CharField(max_length=30, required=False)
    location = serializers.CharField(max_length=30, required=False, allow_blank=True)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True)
    billable = serializers.BooleanField(required=False)


class CorrectionOutput(serializers.Serializer[Any]):
    """The two halves that wait for approval."""

    original = EntryOutput()
    reversal = EntryOutput()
    replacement = EntryOutput(allow_null=True)


class WithdrawInput(Input):
    """Why the correction is withdrawn."""

    reason = serializers.CharField(max_length=500, default="", allow_blank=True)


class EntryResource(Resource):
    """The time entries the caller may see."""

    permission = "time.view"
    action_permissions = dict.fromkeys(("batch", "correct", "withdraw"), "time.enter")
    serializer_class = EntryOutput
    filterset_class = EntryApiFilter
    ordering_fields = ("pk", "work_date")

    def visible(self, user: User) -> QuerySet[Any]:
        """Return the entries the caller may see."""
        related = ("worker", "project", "task", "work_type", "timesheet", "submitted_by", "approved_by")
        return visible_time(user).select_related(*related)

    @extend_schema(request=Batch, responses=BatchOutput)
    @action(detail=False, methods=["post"], rate="batch")
    @idempotent
    def batch(self, request: Request) -> Response:
        """Take in up to 1,000 rows: every good one is recorded, every row gets its result."""
        _refuse_large(request.data)
        given = Batch.read(request)
        lines = read_lines(given["rows"], source_system=source_system(given["source_system"]))
        take = try_time if given["dry_run"] else record_time
        result = take(lines, actor=self.actor, on=timezone.localdate(), submit=given["submit"])
        return Response(_told(result))

    @extend_schema(request=CorrectionInput, responses={201: CorrectionOutput})
    @action(detail=True, methods=["post"])
    @idempotent
    def correct(self, request: Request, pk: str) -> Response:
        """Ask for a correction of an approved entry; it counts when another person approves it."""
        entry = self.get_object()
        correction = correct_time(
            entry.pk, actor=self.actor, on=timezone.localdate(), **CorrectionInput.read(request)
        )
        return Response(CorrectionOutput(correction).data, status=201)

    @extend_schema(request=WithdrawInput, responses=EntryOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def withdraw(self, request: Request, pk: str) -> Response:
        """Withdraw the waiting correction of an entry."""
        withdraw_correction(self.get_object().pk, actor=self.actor, **WithdrawInput.read(request))
        return self.answer(self.get_object())


def _refuse_large(body: Any) -> None:
    rows = body.get("rows") if isinstance(body, dict) else None
    if isinstance(rows, list) and len(rows) > MOST_ROWS:
        raise TooManyRows(
            f"A batch has at most {MOST_ROWS:,} rows, this one has {len(rows):,}: send it in parts,"
            " or import a file.",
            field="rows",
        )


def _told(result: IntakeResult) -> dict[str, Any]:
    return {
        "counts": {str(outcome): count for outcome, count in result.counts.items()},
        "rows": RowOutput(result.rows, many=True).data,
    }
