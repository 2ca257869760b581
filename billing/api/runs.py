"""Billing runs over REST: prepare, preview, start, cancel."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from billing.actions.runs import cancel_run, create_run, start_run
from billing.api.previews import PreviewOutput
from billing.api.proposals import Nothing, Reason
from billing.models import BillingRun, RunFailure
from billing.queries.registers import runs_with_figures
from billing.queries.run_preview import preview_run
from billing.queries.visibility import visible_runs
from core.api.idempotency import idempotent
from core.api.serializers import Input, Output
from core.api.viewsets import Resource
from core.models import LegalEntity, User
from core.permissions import require


class FailureOutput(Output):
    """A contract the run had to leave out."""

    contract = serializers.CharField(source="contract.code")

    class Meta:
        model = RunFailure
        fields = ("contract", "code", "sentence")


class RunOutput(Output):
    """A billing run; while it is running, `contracts_done` of `contracts_total` tell how far it has come."""

    legal_entity = serializers.CharField(source="legal_entity.code")
    base_currency = serializers.CharField(source="legal_entity.base_currency_id")
    prepared_by = serializers.CharField(source="prepared_by.username")
    proposals = serializers.IntegerField(source="proposal_count")
    net_base = serializers.DecimalField(max_digits=18, decimal_places=4)
    failures = FailureOutput(many=True)

    class Meta:
        model = BillingRun
        fields = (
            *("id", "number", "legal_entity", "cut_off", "document_date", "status", "prepared_by"),
            *("contracts_total", "contracts_done", "completed_at", "proposals", "net_base"),
            *("base_currency", "failures", "version", "created_at", "updated_at"),
        )


class RunInput(Input):
    """Which legal entity's work, up to which day, and the date of the documents."""

    legal_entity = serializers.SlugRelatedField(slug_field="code", queryset=LegalEntity.objects.all())
    cut_off = serializers.DateField()
    document_date = serializers.DateField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a document date before the cut-off."""
        if attrs["document_date"] < attrs["cut_off"]:
            sentence = "The document date lies before the cut-off."
            raise serializers.ValidationError({"document_date": [sentence]}, code="cut_off_invalid")
        return attrs


class RunFilter(filters.FilterSet):  # type: ignore[misc]
    """What runs can be narrowed by."""

    legal_entity = filters.CharFilter(field_name="legal_entity__code")

    class Meta:
        model = BillingRun
        fields = ("number", "status", "cut_off", "document_date")


class RunResource(Resource):
    """Billing runs of the caller's legal entities."""

    permission = "run.view"
    action_permissions = dict.fromkeys(("create", "preview", "start", "cancel"), "billing.prepare")
    serializer_class = RunOutput
    filterset_class = RunFilter
    ordering_fields = ("created_at", "cut_off", "number")
    code_field = "number"

    def visible(self, user: User) -> QuerySet[Any]:
        """Return the runs the caller may see."""
        return runs_with_figures(visible_runs(user)).prefetch_related("failures__contract")

    @extend_schema(request=RunInput, responses={201: RunOutput})
    @idempotent
    def create(self, request: Request) -> Response:
        """Prepare a run; it proposes nothing before it is started."""
        said = RunInput.read(request)
        run = create_run(said.pop("legal_entity_id"), **said, actor=self.actor)
        return self._located(run, status=201)

    @extend_schema(request=RunInput, responses=PreviewOutput)
    @action(detail=False, methods=["post"])
    def preview(self, request: Request) -> Response:
        """Say what a run would propose and what would stay behind; nothing is written."""
        said = RunInput.read(request)
        entity = LegalEntity.objects.get(pk=said.pop("legal_entity_id"))
        require(self.actor, "billing.prepare", entity.pk)
        return Response(PreviewOutput(preview_run(entity, **said)).data)

    @extend_schema(request=Nothing, responses={202: RunOutput})
    @action(detail=True, methods=["post"])
    @idempotent
    def start(self, request: Request, pk: str) -> Response:
        """Start the run: 202, and the run itself tells how far it has come."""
        Nothing.read(request)
        return self._located(start_run(self.get_object().pk, actor=self.actor), status=202)

    @extend_schema(request=Reason, responses=RunOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def cancel(self, request: Request, pk: str) -> Response:
        """Give up a run that is not completed; its charges are open again."""
        cancel_run(self.get_object().pk, **Reason.read(request), actor=self.actor)
        return self.answer(self.get_object())

    def _located(self, run: BillingRun, *, status: int) -> Response:
        answer = self.answer(self.found(str(run.pk)), status=status)
        answer.headers["Location"] = reverse("billing-run-detail", args=[run.pk])
        return answer
