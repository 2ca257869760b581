"""Milestones over REST: progress, completion, sign-off with the signed document, links for clients."""

import base64
import binascii
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.idempotency import idempotent
from core.api.serializers import Input, Output
from core.api.viewsets import Resource
from core.errors import Invalid
from core.models import User
from projects.actions import milestones as verbs
from projects.actions.deciding import Decision
from projects.actions.links import create_link
from projects.actions.signing import sign_off_milestone
from projects.actions.uploads import Upload
from projects.api.projects import Reason
from projects.models import Milestone, SignOff, SignOffLink
from projects.queries.milestones import visible_milestones, with_terms
from projects.states import SignOffDecision

LARGEST = 14_000_000


class SignOffOutput(Output):
    """What was decided, by whom and how; `percent` of the milestone was accepted then."""

    document = serializers.CharField(source="document.name", default=None, allow_null=True)
    recorded_by = serializers.CharField(source="recorded_by.username", default=None, allow_null=True)

    class Meta:
        model = SignOff
        fields = (
            *("id", "number", "decision", "percent", "percent_before", "progress_percent", "how", "signer"),
            *("comment", "signed_at", "signed_on", "document", "document_sha256", "recorded_by"),
        )


class MilestoneOutput(Output):
    """A milestone with its terms of today; amounts are in the contract's `currency`."""

    contract = serializers.CharField(source="contract.code")
    project = serializers.CharField(source="project.code")
    currency = serializers.CharField(source="contract.currency_id")
    name = serializers.CharField(allow_null=True)
    amount = serializers.DecimalField(max_digits=18, decimal_places=4, allow_null=True)
    required_percent = serializers.DecimalField(max_digits=7, decimal_places=4, allow_null=True)
    deemed_after_days = serializers.IntegerField(allow_null=True)
    accepted_percent = serializers.DecimalField(max_digits=7, decimal_places=4)
    waiting_amount = serializers.DecimalField(max_digits=18, decimal_places=4, allow_null=True)
    sign_offs = SignOffOutput(many=True)

    class Meta:
        model = Milestone
        fields = (
            *("id", "code", "contract", "project", "contract_line_key", "term_key", "name", "due_on"),
            *("amount", "currency", "required_percent", "deemed_after_days", "status", "percent_complete"),
            *("completed_on", "accepted_percent", "waiting_amount", "sign_offs", "version"),
            *("created_at", "updated_at"),
        )


class ProgressInput(Input):
    """How far it is, in percent of the whole."""

    percent = serializers.DecimalField(max_digits=7, decimal_places=4)


class CompleteInput(Input):
    """Since when it is done."""

    on = serializers.DateField()
    percent = serializers.DecimalField(max_digits=7, decimal_places=4, required=False)


class DocumentInput(Input):
    """A file: its name, and its content in base64."""

    name = serializers.CharField(max_length=200)
    content = serializers.CharField(max_length=LARGEST, trim_whitespace=False)

    @staticmethod
    def upload(given: dict[str, Any] | None) -> Upload | None:
        """Return the file as the verbs take it; refuse what is no base64."""
        if given is None:
            return None
        try:
            return Upload(given["name"], base64.b64decode(given["content"], validate=True))
        except binascii.Error as error:
            raise Invalid("The content of the document is not base64.", field="document") from error


class SignOffInput(Input):
    """A decision with the signed document that shows it; `percent` of the whole for a part."""

    decision = serializers.ChoiceField(
        choices=[SignOffDecision.ACCEPTED, SignOffDecision.PARTIAL, SignOffDecision.REJECTED]
    )
    percent = serializers.DecimalField(max_digits=7, decimal_places=4, required=False, allow_null=True)
    signer = serializers.CharField(max_length=120)
    signed_on = serializers.DateField()
    comment = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    document = DocumentInput(required=False)


class LinkInput(Input):
    """A link for the client: until when it holds, and what is shown."""

    expires_at = serializers.DateTimeField()
    recipient = serializers.CharField(max_length=120, required=False, allow_blank=True)
    shows_amount = serializers.BooleanField(required=False)
    document = DocumentInput(required=False)


class LinkOutput(Output):
    """A link with the address at which the client decides."""

    address = serializers.SerializerMethodField()

    class Meta:
        model = SignOffLink
        fields = ("id", "recipient", "shows_amount", "expires_at", "address")

    def get_address(self, link: SignOffLink) -> str:
        """Return the path of the client's page on this host."""
        return reverse("client_sign_off", args=[link.secret])


class MilestoneApiFilter(filters.FilterSet):  # type: ignore[misc]
    """What milestones can be narrowed by."""

    contract = filters.CharFilter(field_name="contract__code")
    project = filters.CharFilter(field_name="project__code")
    due_before = filters.DateFilter(field_name="due_on", lookup_expr="lt")

    class Meta:
        model = Milestone
        fields = ("code", "status", "contract_line_key", "term_key")


class MilestoneResource(Resource):
    """Milestones of the projects within the caller's reach."""

    permission = "milestone.view"
    action_permissions = {
        **dict.fromkeys(("start", "progress", "complete", "links"), "project.edit"),
        "sign_off": "milestone.sign",
    }
    serializer_class = MilestoneOutput
    filterset_class = MilestoneApiFilter
    ordering_fields = ("code", "due_on", "updated_at")
    code_field = "code"

    def visible(self, user: User) -> QuerySet[Any]:
        """Return the milestones the caller may see."""
        rows = with_terms(visible_milestones(user), timezone.localdate())
        return rows.select_related("contract", "project").prefetch_related(
            "sign_offs__document", "sign_offs__recorded_by"
        )

    @extend_schema(request=Reason, responses=MilestoneOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def start(self, request: Request, pk: str) -> Response:
        """Note that work began."""
        verbs.start_milestone(self.get_object().pk, **Reason.read(request), actor=self.actor)
        return self.answer(self.get_object())

    @extend_schema(request=ProgressInput, responses=MilestoneOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def progress(self, request: Request, pk: str) -> Response:
        """Note how far it is."""
        verbs.report_progress(self.get_object().pk, **ProgressInput.read(request), actor=self.actor)
        return self.answer(self.get_object())

    @extend_schema(request=CompleteInput, responses=MilestoneOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def complete(self, request: Request, pk: str) -> Response:
        """Say that it is done; it waits for its sign-off."""
        given = CompleteInput.read(request)
        verbs.complete_milestone(self.get_object().pk, **given, today=timezone.localdate(), actor=self.actor)
        return self.answer(self.get_object())

    @extend_schema(request=SignOffInput, responses=MilestoneOutput)
    @action(detail=True, methods=["post"], url_path="sign-off")
    @idempotent
    def sign_off(self, request: Request, pk: str) -> Response:
        """Record what the client decided, with the signed document; not by who completed it."""
        given = SignOffInput.read(request)
        sign_off_milestone(
            self.get_object().pk,
            decision=Decision(
                given["decision"], given["signer"], given.get("comment", ""), given.get("percent")
            ),
            document=DocumentInput.upload(given.get("document")),
            on=given["signed_on"],
            now=timezone.now(),
            actor=self.actor,
        )
        return self.answer(self.get_object())

    @extend_schema(request=LinkInput, responses={201: LinkOutput})
    @action(detail=True, methods=["post"])
    @idempotent
    def links(self, request: Request, pk: str) -> Response:
        """Give out an address at which the client decides once."""
        given = LinkInput.read(request)
        document = DocumentInput.upload(given.pop("document", None))
        link = create_link(
            self.get_object().pk, **given, document=document, now=timezone.now(), actor=self.actor
        )
        return Response(LinkOutput(link).data, status=201)
