"""Invoice proposals and credit notes over REST, and what people do with them."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from billing.actions import proposals as verbs
from billing.actions.steps.locking import lock_contracts
from billing.models import Proposal, ProposalLine, ProposalNote, ProposalTax
from billing.queries.visibility import visible_proposals
from billing.states import ProposalKind, ProposalStatus
from core.api.concurrency import check_if_match
from core.api.idempotency import idempotent
from core.api.serializers import Input, Output
from core.api.viewsets import Resource
from core.models import User
from core.rows import locked


class LineOutput(Output):
    """A line of a document; `net` is the sum of its charges."""

    tax_code = serializers.CharField(source="tax_code.code")

    class Meta:
        model = ProposalLine
        fields = (
            *("position", "section", "description", "quantity", "unit", "unit_price", "net"),
            *("service_line", "tax_code"),
        )


class TaxOutput(Output):
    """Tax of one code on the document's base."""

    tax_code = serializers.CharField(source="tax_code.code")

    class Meta:
        model = ProposalTax
        fields = ("tax_code", "percent", "base", "amount", "legal_text")


class ProposalOutput(Output):
    """A document; `net`, `tax`, `gross` are in `currency`, `net_base` in the entity's base currency."""

    run = serializers.CharField(source="run.number", default=None, allow_null=True)
    legal_entity = serializers.CharField(source="legal_entity.code")
    base_currency = serializers.CharField(source="legal_entity.base_currency_id")
    billing_account = serializers.CharField(source="billing_account.code")
    customer = serializers.CharField(source="billing_account.customer.code")
    contract = serializers.CharField(source="contract.code")
    contract_version = serializers.IntegerField(source="contract_version.number")
    credits = serializers.CharField(source="credits.number", default=None, allow_null=True)
    prepared_by = serializers.CharField(source="prepared_by.username")
    approved_by = serializers.CharField(source="approved_by.username", default=None, allow_null=True)
    lines = LineOutput(many=True)
    taxes = TaxOutput(many=True)

    class Meta:
        model = Proposal
        fields = (
            *("id", "number", "kind", "status", "on_hold", "hold_reason", "run", "legal_entity"),
            *("customer", "billing_account", "contract", "contract_version", "credits"),
            *("purchase_order", "payment_terms_days", "document_date", "service_from", "service_to"),
            *("currency", "net", "tax", "gross", "base_currency", "fx_rate", "fx_source", "fx_on"),
            *("net_base", "prepared_by", "approved_by", "approved_at", "approved_sha256", "revision"),
            *("refusal", "erp_number", "posted_on", "payment_status", "paid_amount"),
            *("lines", "taxes", "version", "created_at", "updated_at"),
        )


class NoteOutput(Output):
    """A remark of a reviewer."""

    author = serializers.CharField(source="author.username")

    class Meta:
        model = ProposalNote
        fields = ("id", "author", "text", "created_at")


class ProposalFilter(filters.FilterSet):  # type: ignore[misc]
    """What documents can be narrowed by."""

    run = filters.CharFilter(field_name="run__number")
    legal_entity = filters.CharFilter(field_name="legal_entity__code")
    customer = filters.CharFilter(field_name="billing_account__customer__code")
    billing_account = filters.CharFilter(field_name="billing_account__code")
    contract = filters.CharFilter(field_name="contract__code")
    credits = filters.CharFilter(field_name="credits__number")
    dated_from = filters.DateFilter(field_name="document_date", lookup_expr="gte")
    dated_to = filters.DateFilter(field_name="document_date", lookup_expr="lte")
    updated_after = filters.IsoDateTimeFilter(field_name="updated_at", lookup_expr="gt")

    class Meta:
        model = Proposal
        fields = ("number", "kind", "status", "on_hold", "payment_status", "currency", "erp_number")


class Nothing(Input):
    """Nothing is asked."""


class Reason(Input):
    """Why."""

    reason = serializers.CharField(max_length=240)


class Note(Input):
    """What is to be remarked."""

    text = serializers.CharField(max_length=1000)


class ProposalResource(Resource):
    """Invoice proposals and credit notes of the caller's legal entities or own contracts."""

    permission = "proposal.view"
    action_permissions = {
        **dict.fromkeys(("submit", "hold", "unhold", "discard"), "billing.prepare"),
        "approve": "proposal.approve",
        "release": "proposal.release",
        "return_to_draft": "billing.decide",
        "note": "billing.decide",
    }
    serializer_class = ProposalOutput
    filterset_class = ProposalFilter
    ordering_fields = ("number", "document_date", "updated_at")
    code_field = "number"

    def visible(self, user: User) -> QuerySet[Any]:
        """Return the documents the caller may see."""
        return (
            visible_proposals(user)
            .select_related(
                *("run", "legal_entity", "billing_account__customer", "contract", "contract_version"),
                *("credits", "prepared_by", "approved_by"),
            )
            .prefetch_related("lines__tax_code", "taxes__tax_code")
        )

    @extend_schema(request=Nothing, responses=ProposalOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def submit(self, request: Request, pk: str) -> Response:
        """Send the draft for approval; the caller becomes its preparer."""
        Nothing.read(request)
        verbs.submit_proposals([self._chosen()], actor=self.actor)
        return self.answer(self.get_object())

    @extend_schema(request=Nothing, responses=ProposalOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def approve(self, request: Request, pk: str) -> Response:
        """Approve exactly what stands there now; If-Match makes sure it is what was read."""
        Nothing.read(request)
        verbs.approve_proposals([self._chosen()], actor=self.actor)
        return self.answer(self.get_object())

    @extend_schema(request=Nothing, responses={200: ProposalOutput, 202: ProposalOutput})
    @action(detail=True, methods=["post"])
    @idempotent
    def release(self, request: Request, pk: str) -> Response:
        """Send the approved document to the ERP: 202, and its `status` tells when it is posted.

        Where a fact moved since the approval, the document is recalculated and is a draft again: 200.
        """
        Nothing.read(request)
        released = verbs.release_proposal(self._chosen(), actor=self.actor)
        status = 200 if released.status == ProposalStatus.DRAFT else 202
        answer = self.answer(self.get_object(), status=status)
        answer.headers["Location"] = reverse("proposal-detail", args=[released.pk])
        return answer

    @extend_schema(request=Reason, responses=ProposalOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def hold(self, request: Request, pk: str) -> Response:
        """Keep the document back."""
        verbs.hold_proposal(self._chosen(), **Reason.read(request), actor=self.actor)
        return self.answer(self.get_object())

    @extend_schema(request=Nothing, responses=ProposalOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def unhold(self, request: Request, pk: str) -> Response:
        """Let the held document go on."""
        Nothing.read(request)
        verbs.unhold_proposal(self._chosen(), actor=self.actor)
        return self.answer(self.get_object())

    @extend_schema(request=Reason, responses=ProposalOutput)
    @action(detail=True, methods=["post"], url_path="return")
    @idempotent
    def return_to_draft(self, request: Request, pk: str) -> Response:
        """Send the document back to draft; an approval is withdrawn."""
        verbs.return_proposal(self._chosen(), **Reason.read(request), actor=self.actor)
        return self.answer(self.get_object())

    @extend_schema(request=Reason, responses=ProposalOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def discard(self, request: Request, pk: str) -> Response:
        """Give up the draft; its charges are open again."""
        verbs.discard_proposal(self._chosen(), **Reason.read(request), actor=self.actor)
        return self.answer(self.get_object())

    @extend_schema(request=Note, responses={201: NoteOutput})
    @action(detail=True, methods=["post"])
    def note(self, request: Request, pk: str) -> Response:
        """Leave a remark that stays inside the firm."""
        note = verbs.note_proposal(self._chosen(), **Note.read(request), actor=self.actor)
        return Response(NoteOutput(note).data, status=201)

    def _chosen(self) -> Any:
        """Return the id of the addressed document; an If-Match is honoured where one is sent."""
        found = self.get_object()
        if "If-Match" in self.request.headers:
            with transaction.atomic():
                # The order in which verbs lock, so that nobody waits in a circle.
                lock_contracts([found.contract_id])
                check_if_match(self.request, locked(Proposal, found.pk))
        return found.pk


class CreditNoteResource(ProposalResource):
    """The credit notes among the documents."""

    def visible(self, user: User) -> QuerySet[Any]:
        """Return the credit notes the caller may see."""
        return super().visible(user).filter(kind=ProposalKind.CREDIT_NOTE)
