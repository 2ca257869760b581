"""Messages to other systems, systems, and what our objects are called there, over REST."""

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
from integrations.actions.deliveries import replay_delivery, waive_delivery
from integrations.models import Delivery, DeliveryAttempt, ExternalReference, System
from integrations.queries.deliveries import visible_deliveries
from integrations.queries.systems import visible_references, visible_systems


class AttemptOutput(Output):
    """One try."""

    class Meta:
        model = DeliveryAttempt
        fields = ("action", "outcome", "started_at", "milliseconds", "detail")


class DeliveryOutput(Output):
    """A message; `operation_id` is the target's own key for it."""

    system = serializers.CharField(source="system.code")
    legal_entity = serializers.CharField(source="legal_entity.code", default=None, allow_null=True)
    log = AttemptOutput(many=True, read_only=True)

    class Meta:
        model = Delivery
        fields = (
            *("id", "system", "legal_entity", "aggregate_type", "aggregate_id", "aggregate_label"),
            *("delivery_seq", "operation", "operation_id", "payload", "payload_sha256", "schema_version"),
            *("state", "attempts", "available_at", "error_class", "error", "result", "correlation_id"),
            *("created_at", "finished_at", "log"),
        )


class Replay(Input):
    """Why a message is sent again, and for unsearchable systems the word that nothing is there."""

    reason = serializers.CharField(max_length=400)
    nothing_arrived = serializers.BooleanField(required=False, default=False)


class Reason(Input):
    """Why."""

    reason = serializers.CharField(max_length=400)


class DeliveryApiFilter(filters.FilterSet):  # type: ignore[misc]
    """What messages can be narrowed by."""

    system = filters.CharFilter(field_name="system__code")

    class Meta:
        model = Delivery
        fields = ("state", "aggregate_id", "aggregate_label", "operation_id", "correlation_id")


class DeliveryResource(Resource):
    """Messages to other systems, their tries, and sending them again."""

    permission = "integration.view"
    serializer_class = DeliveryOutput
    filterset_class = DeliveryApiFilter
    ordering_fields = ("created_at", "pk")

    def visible(self, user: User) -> QuerySet[Any]:
        """Return the messages the caller may see."""
        return visible_deliveries(user).select_related("system", "legal_entity").prefetch_related("log")

    @extend_schema(request=Replay, responses=DeliveryOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def replay(self, request: Request, pk: str) -> Response:
        """Send a message again now; what the system holds already is found, not doubled."""
        replay_delivery([self.get_object().pk], **Replay.read(request), actor=self.actor)
        return self.answer(self.get_object())

    @extend_schema(request=Reason, responses=DeliveryOutput)
    @action(detail=True, methods=["post"])
    @idempotent
    def waive(self, request: Request, pk: str) -> Response:
        """Give a message up; its document goes back to billing as a draft."""
        waive_delivery(self.get_object().pk, **Reason.read(request), actor=self.actor)
        return self.answer(self.get_object())


class SystemOutput(Output):
    """A connected system, without its credentials."""

    class Meta:
        model = System
        fields = (
            *(
                "id",
                "code",
                "name",
                "vendor",
                "purpose",
                "adapter_class",
                "commit_delay_seconds",
                "tolerance",
            ),
            *("paused_by", "paused_until", "pause_reason", "consecutive_failures", "cursor_read_at"),
            *("version", "updated_at"),
        )


class SystemResource(Resource):
    """Connected systems and whether they are called now."""

    permission = "integration.view"
    serializer_class = SystemOutput
    ordering_fields = ("code",)
    code_field = "code"

    def visible(self, user: User) -> QuerySet[Any]:
        """Return the systems the caller may see."""
        return visible_systems(user)


class ReferenceOutput(Output):
    """What one of our objects is called in a system."""

    system = serializers.CharField(source="system.code")

    class Meta:
        model = ExternalReference
        fields = ("id", "system", "object_type", "object_id", "external_id", "url", "synced_at")


class ReferenceApiFilter(filters.FilterSet):  # type: ignore[misc]
    """What references can be narrowed by."""

    system = filters.CharFilter(field_name="system__code")

    class Meta:
        model = ExternalReference
        fields = ("object_type", "object_id", "external_id")


class ReferenceResource(Resource):
    """External references."""

    permission = "integration.view"
    serializer_class = ReferenceOutput
    filterset_class = ReferenceApiFilter

    def visible(self, user: User) -> QuerySet[Any]:
        """Return the references the caller may see."""
        return visible_references(user).select_related("system")
