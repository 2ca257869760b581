"""Expenses over REST: read them, send batches and receipts, submit, decide, ask for corrections."""

import base64
import binascii
import uuid
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.models import ExpenseCategory
from core.api.idempotency import idempotent
from core.api.serializers import Input, Output
from core.api.viewsets import Resource
from core.attachments import WrongFile
from core.models import User
from projects.actions.uploads import Upload
from timesheets.actions.expense_corrections import correct_expense, withdraw_expense_correction
from timesheets.actions.expense_decisions import approve_expenses, reject_expenses
from timesheets.actions.expenses import (
    RELATED,
    discard_expense,
    enter_expense,
    recall_expenses,
    record_expenses,
    submit_expenses,
)
from timesheets.actions.intake import source_system
from timesheets.api.entries import TooManyRows
from timesheets.filters import ExpenseApiFilter
from timesheets.intake.expenses.checking import corrected_line, line_of
from timesheets.intake.expenses.lines import FIELDS, read_expense_lines
from timesheets.models import Expense
from timesheets.queries.visible import visible_expenses

MOST_ROWS = 1000
DECISIONS = {"approved": approve_expenses, "rejected": reject_expenses}


class ExpenseOutput(Output):
    """Money spent on a task and day; reversals are negative. What counts is the approved expense or
    replacement of each `root_id`. `net` is what it costs the firm, `tax` what is recovered."""

    worker = serializers.CharField(source="worker.code")
    project = serializers.CharField(source="project.code")
    task = serializers.CharField(source="task.code")
    category = serializers.CharField(source="category.code")
    unit = serializers.CharField(source="category.unit")
    receipt = serializers.CharField(source="receipt.name", default=None, allow_null=True)
    submitted_by = serializers.CharField(source="submitted_by.username", default=None, allow_null=True)
    approved_by = serializers.CharField(source="approved_by.username", default=None, allow_null=True)

    class Meta:
        model = Expense
        fields = (
            *("id", "worker", "project", "task", "category", "spent_on", "currency", "net", "tax"),
            *("quantity", "unit", "vendor", "pass_through", "reimbursable", "billable", "note", "receipt"),
            *("policy_result", "policy_sentence", "status", "kind", "root_id", "corrects"),
            *("source_system", "source_key", "submitted_by", "submitted_at", "approved_by", "approved_at"),
            *("rejection_reason", "version"),
        )


class ExpenseBatch(Input):
    """Up to 1,000 rows of one source system; each row's `source_key` is what the source calls it."""

    source_system = serializers.CharField(max_length=30)
    submit = serializers.BooleanField(default=False)
    rows = serializers.ListField(
        child=serializers.JSONField(allow_null=True), allow_empty=False, help_text=", ".join(FIELDS)
    )


class ExpenseRowOutput(serializers.Serializer[Any]):
    """What became of a row; a refused one says why."""

    row = serializers.IntegerField()
    source_key = serializers.CharField()
    outcome = serializers.ChoiceField(("created", "updated", "unchanged", "refused"))
    expense_id = serializers.UUIDField(source="entry_id", allow_null=True)
    code = serializers.CharField()
    field = serializers.CharField()
    sentence = serializers.CharField()


class ExpenseBatchOutput(serializers.Serializer[Any]):
    """The result of a batch, row by row, and how many rows had which outcome."""

    counts = serializers.DictField(child=serializers.IntegerField())
    rows = ExpenseRowOutput(many=True)


class ReceiptInput(Input):
    """A PDF, PNG or JPEG of up to 10 MB in base64; a larger body than the limit of bodies is refused."""

    name = serializers.CharField(max_length=120)
    content = serializers.CharField(trim_whitespace=True)


class ExpenseReason(Input):
    """Why."""

    reason = serializers.CharField(max_length=500, default="", allow_blank=True)


class ExpenseCorrectionInput(Input):
    """What was right instead; what is left out stays. `void` says the money was never spent."""

    reason = serializers.CharField(max_length=500)
    void = serializers.BooleanField(default=False)
    changes = serializers.DictField(
        child=serializers.JSONField(allow_null=True),
        default=dict,
        help_text="Fields of a row of a batch, without worker and source_key.",
    )


class ExpenseCorrectionOutput(serializers.Serializer[Any]):
    """The two halves that wait for approval."""

    reversal = ExpenseOutput()
    replacement = ExpenseOutput(allow_null=True)


class SeenExpense(Input):
    """An expense; `version` refuses the decision if it is no longer that."""

    id = serializers.UUIDField()
    version = serializers.IntegerField(required=False)


class ExpenseDecisionInput(Input):
    """A decision on up to 1,000 expenses; a rejection needs the comment."""

    decision = serializers.ChoiceField(("approved", "rejected"))
    expenses = SeenExpense(many=True, allow_empty=False, max_length=MOST_ROWS)  # type: ignore[call-arg]
    comment = serializers.CharField(max_length=500, default="", allow_blank=True)


class DecidedExpensesOutput(serializers.Serializer[Any]):
    """How many expenses were decided on, and their net per currency."""

    expenses = serializers.IntegerField()
    net = serializers.DictField(child=serializers.DecimalField(max_digits=18, decimal_places=4))


class ExpenseResource(Resource):
    """The expenses the caller may see."""

    permission = "expense.view"
    action_permissions = {
        **dict.fromkeys(
            ("batch", "submit", "recall", "destroy", "receipt", "correct", "withdraw"), "expense.enter"
        ),
        "decide": "expense.approve",
    }
    serializer_class = ExpenseOutput
    filterset_class = ExpenseApiFilter
    ordering_fields = ("pk", "spent_on")

    def visible(self, user: User) -> QuerySet[Any]:
        """Return the expenses the caller may see."""
        return visible_expenses(user).select_related(*RELATED, "submitted_by", "approved_by")

    @extend_schema(request=ExpenseBatch, responses=ExpenseBatchOutput)
    @action(detail=False, methods=["post"], rate="batch")
    @idempotent
    def batch(self, request: Request) -> Response:
        """Take in up to 1,000 rows: every good one is recorded, every row gets its result."""
        _refuse_large(request.data)
        given = ExpenseBatch.read(request)
        lines = read_expense_lines(given["rows"], source_system=source_system(given["source_system"]))
        result = record_expenses(lines, actor=self.actor, on=timezone.localdate(), submit=given["submit"])
        counts = {str(outcome): count for outcome, count in result.counts.items()}
        return Response({"counts": counts, "rows": ExpenseRowOutput(result.rows, many=True).data})

    @extend_schema(request=ExpenseDecisionInput, responses={201: DecidedExpensesOutput})
    @action(detail=False, methods=["post"])
    @idempotent
    def decide(self, request: Request) -> Response:
        """Approve or reject submitted expenses, all of them or none."""
        given = ExpenseDecisionInput.read(request)
        seen: dict[uuid.UUID, int | None] = {one["id"]: one.get("version") for one in given["expenses"]}
        decided = DECISIONS[given["decision"]](seen, actor=self.actor, reason=given["comment"])
        return Response(DecidedExpensesOutput(decided).data, status=201)

    @extend_schema(request=None, responses=ExpenseOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def submit(self, request: Request, pk: str) -> Response:
        """Submit a draft or rejected expense."""
        submit_expenses([self.get_object().pk], actor=self.actor, on=timezone.localdate())
        return self.answer(self.get_object())

    @extend_schema(request=ExpenseReason, responses=ExpenseOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def recall(self, request: Request, pk: str) -> Response:
        """Take a submitted expense back before anybody decides."""
        recall_expenses([self.get_object().pk], actor=self.actor, **ExpenseReason.read(request))
        return self.answer(self.get_object())

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Throw a draft or rejected expense away."""
        discard_expense(self.get_object().pk, actor=self.actor)
        return Response(status=204)

    @extend_schema(request=ReceiptInput, responses=ExpenseOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def receipt(self, request: Request, pk: str) -> Response:
        """Attach a receipt to an expense that is not approved yet."""
        given, expense = ReceiptInput.read(request), self.get_object()
        try:
            content = base64.b64decode(given["content"], validate=True)
        except binascii.Error as error:
            raise WrongFile("The content is not base64.", field="content") from error
        upload = Upload(given["name"], content)
        enter_expense(line_of(expense), actor=self.actor, on=timezone.localdate(), receipt=upload)
        return self.answer(self.get_object())

    @extend_schema(request=ExpenseCorrectionInput, responses={201: ExpenseCorrectionOutput})
    @action(detail=True, methods=["post"])
    @idempotent
    def correct(self, request: Request, pk: str) -> Response:
        """Ask for a correction of an approved expense; it counts when another person approves it."""
        given, expense = ExpenseCorrectionInput.read(request), self.get_object()
        line = None if given["void"] else corrected_line(expense, given["changes"])
        correction = correct_expense(
            expense.pk, actor=self.actor, on=timezone.localdate(), reason=given["reason"], line=line
        )
        return Response(ExpenseCorrectionOutput(correction).data, status=201)

    @extend_schema(request=ExpenseReason, responses=ExpenseOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def withdraw(self, request: Request, pk: str) -> Response:
        """Withdraw the waiting correction of an expense."""
        withdraw_expense_correction(self.get_object().pk, actor=self.actor, **ExpenseReason.read(request))
        return self.answer(self.get_object())


class ExpenseCategoryOutput(Output):
    """A kind of expense with the firm's limits, which are in `currency`."""

    class Meta:
        model = ExpenseCategory
        fields = (
            *("id", "code", "name", "currency", "unit", "unit_price", "ceiling", "ceiling_per"),
            *("receipt_above", "active", "version"),
        )


class ExpenseCategoryResource(Resource):
    """The kinds of expenses there are."""

    permission = "expense.view"
    serializer_class = ExpenseCategoryOutput
    ordering_fields = ("pk", "code")
    code_field = "code"

    def visible(self, user: User) -> QuerySet[Any]:
        """Return every category: they are reference data."""
        return ExpenseCategory.objects.all() if user.is_active else ExpenseCategory.objects.none()


def _refuse_large(body: Any) -> None:
    rows = body.get("rows") if isinstance(body, dict) else None
    if isinstance(rows, list) and len(rows) > MOST_ROWS:
        raise TooManyRows(
            f"A batch has at most {MOST_ROWS:,} rows, this one has {len(rows):,}: send it in parts.",
            field="rows",
        )
