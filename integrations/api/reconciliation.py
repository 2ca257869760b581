"""Reconciliation over REST: comparisons and their breaks."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from core.api.idempotency import idempotent
from core.api.serializers import Input, Output
from core.api.viewsets import Resource
from core.models import LegalEntity, User
from integrations.actions.breaks import accept_difference, propose_explanation, reject_explanation
from integrations.actions.reconciliation import request_reconciliation, sign_off_reconciliation
from integrations.models import Break, ReconciliationRun, System
from integrations.queries.reconciliation import visible_breaks, visible_runs


class RunOutput(Output):
    """A comparison; `totals` per currency, amounts as text; not finished while `completed_at` is null."""

    system = serializers.CharField(source="system.code")
    legal_entity = serializers.CharField(source="legal_entity.code")
    signed_off_by = serializers.CharField(source="signed_off_by.username", default=None, allow_null=True)

    class Meta:
        model = ReconciliationRun
        fields = (
            *("id", "kind", "system", "legal_entity", "month", "started_at", "read_at", "completed_at"),
            *("error", "totals", "matched", "breaks", "signed_off_by", "signed_off_at", "version"),
        )


class NewRun(Input):
    """Which month of which legal entity to compare with which system."""

    system = serializers.SlugRelatedField(slug_field="code", queryset=System.objects.all())
    legal_entity = serializers.SlugRelatedField(slug_field="code", queryset=LegalEntity.objects.all())
    month = serializers.DateField(help_text="Any day of the month.")


class RunFilter(filters.FilterSet):  # type: ignore[misc]
    """What comparisons can be narrowed by."""

    system = filters.CharFilter(field_name="system__code")
    legal_entity = filters.CharFilter(field_name="legal_entity__code")

    class Meta:
        model = ReconciliationRun
        fields = ("kind", "month")


class RunResource(Resource):
    """Comparisons of a month with the ERP."""

    permission = "reconciliation.view"
    action_permissions = dict.fromkeys(("create", "sign_off"), "reconciliation.work")
    serializer_class = RunOutput
    filterset_class = RunFilter
    ordering_fields = ("started_at", "month")

    def visible(self, user: User) -> QuerySet[Any]:
        """Return the comparisons the caller may see."""
        return visible_runs(user).select_related("system", "legal_entity", "signed_off_by")

    @extend_schema(request=NewRun, responses={202: RunOutput})
    @idempotent
    def create(self, request: Request) -> Response:
        """Ask for a comparison; it is carried out by a worker, `Location` tells how it went."""
        values = NewRun.read(request)
        run = request_reconciliation(values.pop("system_id"), **values, actor=self.actor)
        answer = self.answer(self.found(str(run.pk)), status=202)
        answer.headers["Location"] = reverse("reconciliation-run-detail", args=[run.pk], request=request)
        return answer

    @extend_schema(request=None, responses=RunOutput)
    @action(detail=True, methods=["post"], url_path="sign-off")
    @idempotent
    def sign_off(self, request: Request, pk: str) -> Response:
        """Sign the month off; refused while breaks are left."""
        sign_off_reconciliation(self.get_object().pk, actor=self.actor)
        return self.answer(self.get_object())


class BreakOutput(Output):
    """A difference: ours − theirs, net and tax, in `currency`."""

    system = serializers.CharField(source="system.code")
    legal_entity = serializers.CharField(source="legal_entity.code")
    our_document = serializers.CharField(source="proposal.number", default=None, allow_null=True)
    their_document = serializers.CharField(source="erp_document.number", default=None, allow_null=True)
    exception = serializers.CharField(source="exception.number", default=None, allow_null=True)
    proposed_by = serializers.CharField(source="proposed_by.username", default=None, allow_null=True)
    accepted_by = serializers.CharField(source="accepted_by.username", default=None, allow_null=True)

    class Meta:
        model = Break
        fields = (
            *("id", "system", "legal_entity", "month", "kind", "key", "our_document", "their_document"),
            *("currency", "ours", "theirs", "difference", "tax_difference", "state", "exception"),
            *("explanation", "proposed_by", "accepted_by", "accepted_at", "version", "updated_at"),
        )


class Explanation(Input):
    """Why the difference is right."""

    explanation = serializers.CharField(max_length=400)


class Objection(Input):
    """Why the explanation does not hold."""

    reason = serializers.CharField(max_length=400)


class BreakFilter(filters.FilterSet):  # type: ignore[misc]
    """What breaks can be narrowed by."""

    system = filters.CharFilter(field_name="system__code")
    legal_entity = filters.CharFilter(field_name="legal_entity__code")

    class Meta:
        model = Break
        fields = ("month", "kind", "state", "currency", "key")


class BreakResource(Resource):
    """Breaks of reconciliations; a second person accepts what the first one explained."""

    permission = "reconciliation.view"
    action_permissions = dict.fromkeys(("explain", "accept", "reject"), "reconciliation.work")
    serializer_class = BreakOutput
    filterset_class = BreakFilter
    ordering_fields = ("month", "difference", "updated_at")

    def visible(self, user: User) -> QuerySet[Any]:
        """Return the breaks the caller may see."""
        return visible_breaks(user).select_related(
            "system", "legal_entity", "proposal", "erp_document", "exception", "proposed_by", "accepted_by"
        )

    @extend_schema(request=Explanation, responses=BreakOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def explain(self, request: Request, pk: str) -> Response:
        """Propose to accept the difference."""
        propose_explanation(self.get_object().pk, **Explanation.read(request), actor=self.actor)
        return self.answer(self.get_object())

    @extend_schema(request=None, responses=BreakOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def accept(self, request: Request, pk: str) -> Response:
        """Accept an explained difference, as another person than its proposer."""
        accept_difference(self.get_object().pk, actor=self.actor)
        return self.answer(self.get_object())

    @extend_schema(request=Objection, responses=BreakOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def reject(self, request: Request, pk: str) -> Response:
        """Send an explanation back."""
        reject_explanation(self.get_object().pk, **Objection.read(request), actor=self.actor)
        return self.answer(self.get_object())
