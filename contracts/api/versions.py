"""Contract versions over REST: read, edit drafts, submit, approve, reject."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.actions import versions as verbs
from contracts.actions.readiness import shortcomings
from contracts.api.contracts import Reason
from contracts.api.terms import PREFETCHED, READ_WITH, TermsInput, VersionOutput, as_terms
from contracts.models import ContractVersion
from contracts.queries import visible_versions
from core.api.concurrency import check_if_match
from core.api.idempotency import idempotent
from core.api.viewsets import Resource
from core.models import User
from core.rows import locked


class ShortcomingOutput(serializers.Serializer[Any]):
    """What a version lacks, or what is worth knowing about it."""

    code = serializers.CharField()
    sentence = serializers.CharField()
    field = serializers.CharField()
    blocks = serializers.BooleanField()


class VersionFilter(filters.FilterSet):  # type: ignore[misc]
    """What versions can be narrowed by."""

    contract = filters.CharFilter(field_name="contract__code")
    effective_before = filters.DateFilter(field_name="effective_from", lookup_expr="lte")

    class Meta:
        model = ContractVersion
        fields = ("status", "number")


class VersionResource(Resource):
    """Versions of the contracts the caller may see."""

    permission = "contract.view"
    action_permissions = {
        "partial_update": "contract.edit",
        "submit": "contract.edit",
        "approve": "contract.approve",
    }
    serializer_class = VersionOutput
    filterset_class = VersionFilter
    ordering_fields = ("pk", "effective_from", "updated_at")

    def visible(self, user: User) -> QuerySet[Any]:
        """Return the versions the caller may see."""
        return visible_versions(user).select_related(*READ_WITH).prefetch_related(*PREFETCHED)

    @extend_schema(request=TermsInput, responses=VersionOutput)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change a draft; lines and payers are replaced as a whole."""
        values = as_terms(TermsInput.read(request, partial=True))
        with transaction.atomic():
            version = locked(ContractVersion, self.get_object().pk)
            check_if_match(request, version)
            verbs.edit_version(version.pk, **values, actor=self.actor)
        return self.answer(self.get_object())

    @extend_schema(responses=ShortcomingOutput(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def readiness(self, request: Request, pk: str) -> Response:
        """Return what the version lacks before it can be approved, and what is worth knowing."""
        return Response(ShortcomingOutput(shortcomings(self.get_object()), many=True).data)

    @extend_schema(request=Reason, responses=VersionOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def submit(self, request: Request, pk: str) -> Response:
        """Put the draft forward for approval."""
        verbs.submit_version(self.get_object().pk, **Reason.read(request), actor=self.actor)
        return self.answer(self.get_object())

    @extend_schema(request=Reason, responses=VersionOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def approve(self, request: Request, pk: str) -> Response:
        """Put the terms in force; somebody else than who prepared them."""
        verbs.approve_version(self.get_object().pk, **Reason.read(request), actor=self.actor)
        return self.answer(self.get_object())

    @extend_schema(request=Reason, responses=VersionOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def reject(self, request: Request, pk: str) -> Response:
        """Send the terms back, or withdraw them; the reason is required."""
        verbs.reject_version(self.get_object().pk, **Reason.read(request), actor=self.actor)
        return self.answer(self.get_object())
