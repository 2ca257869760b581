"""Data administration of systems and routes; messages and reconciliations are read here, never edited."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from core.actors import Actor
from core.errors import Refusal
from core.models import User
from core.stewardship import PlainReadOnlyAdmin, ReadOnlyAdmin, StewardAdmin
from integrations.actions.mappings import activate_mapping
from integrations.models import (
    Break,
    Credential,
    Delivery,
    ExternalReference,
    FlowObjective,
    InboxMessage,
    MappingVersion,
    MirroredDeal,
    Process,
    ProcessStep,
    ReconciliationRun,
    Route,
    System,
)
from integrations.states import MappingState


@admin.register(System)
class SystemAdmin(StewardAdmin):
    """Connected systems. Pausing is a verb; the relay keeps the fields about health and cursor."""

    list_display = ("code", "name", "vendor", "purpose", "adapter_class", "tolerance")
    readonly_fields = (
        *("paused_until", "paused_by", "pause_reason", "consecutive_failures", "cursor", "cursor_read_at"),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Freeze the code: operation ids are made of it."""
        return (*self.readonly_fields, *(("code",) if obj else ()))


@admin.register(Route)
class RouteAdmin(StewardAdmin):
    """Which system gets the documents of a legal entity."""

    list_display = ("legal_entity", "object_type", "system", "company_code")
    list_filter = ("system", "legal_entity")
    list_select_related = ("legal_entity", "system")


@admin.register(FlowObjective)
class FlowObjectiveAdmin(StewardAdmin):
    """How fast things should flow."""

    list_display = ("flow", "seconds")


@admin.register(ExternalReference)
class ExternalReferenceAdmin(ReadOnlyAdmin):
    """What our objects are called in other systems."""

    list_display = ("system", "object_type", "object_id", "external_id", "synced_at")
    list_filter = ("system", "object_type")
    search_fields = ("external_id", "object_id__exact")


@admin.register(Delivery)
class DeliveryAdmin(PlainReadOnlyAdmin):
    """Messages to other systems."""

    list_display = ("aggregate_label", "system", "operation", "state", "attempts", "created_at")
    list_filter = ("system", "state")
    search_fields = ("aggregate_label", "operation_id__exact")


@admin.register(Process)
class ProcessAdmin(ReadOnlyAdmin):
    """What must happen across systems after something was decided."""

    list_display = ("subject_label", "kind", "party", "state", "created_at", "finished_at")
    list_filter = ("kind", "state", "legal_entity")
    search_fields = ("subject_label", "party", "correlation__exact")


@admin.register(ProcessStep)
class ProcessStepAdmin(PlainReadOnlyAdmin):
    """The steps of processes."""

    list_display = ("process", "position", "label", "state", "attempts", "error_class")
    list_filter = ("state", "work", "system")
    search_fields = ("process__subject_label", "operation_id__exact")
    list_select_related = ("process",)


@admin.register(ReconciliationRun)
class ReconciliationRunAdmin(ReadOnlyAdmin):
    """Comparisons of a month with the ERP."""

    list_display = ("kind", "legal_entity", "month", "system", "completed_at", "matched", "breaks")
    list_filter = ("system", "legal_entity")


@admin.register(Break)
class BreakAdmin(ReadOnlyAdmin):
    """Differences between our documents and the ERP's."""

    list_display = ("key", "kind", "legal_entity", "month", "currency", "difference", "state")
    list_filter = ("kind", "state", "legal_entity")
    search_fields = ("key",)


@admin.register(MappingVersion)
class MappingVersionAdmin(StewardAdmin):
    """Tables from a system's words to ours; a draft is edited, then put in force by the action."""

    list_display = ("system", "object_type", "number", "state", "activated_at", "activated_by")
    list_filter = ("system", "state")
    list_select_related = ("system", "activated_by")
    actions = ("put_in_force",)
    readonly_fields = ("state", "activated_at", "activated_by")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Freeze what was ever in force: the next version replaces it."""
        frozen = ("system", "object_type", "number", "rules", "samples")
        return (*self.readonly_fields, *(frozen if obj and obj.state != MappingState.DRAFT else ()))

    @admin.action(description="Try the samples and put in force")
    def put_in_force(self, request: HttpRequest, queryset: QuerySet[MappingVersion]) -> None:
        """Put the one selected mapping in force; what fails is told."""
        assert isinstance(request.user, User)
        for mapping in queryset[:1]:
            try:
                activate_mapping(mapping.pk, now=timezone.now(), actor=Actor.of(request.user))
            except Refusal as refusal:
                messages.error(request, refusal.sentence)
            else:
                messages.success(request, f"{mapping} is in force.")


@admin.register(Credential)
class CredentialAdmin(PlainReadOnlyAdmin):
    """Which secrets there are; what they say is shown nowhere."""

    list_display = ("system", "purpose", "created_at", "created_by", "retires_at")
    list_filter = ("system", "purpose")
    exclude = ("box",)


@admin.register(InboxMessage)
class InboxMessageAdmin(PlainReadOnlyAdmin):
    """Messages of other systems as they came in."""

    list_display = ("event_id", "system", "subject", "state", "attempts", "received_at")
    list_filter = ("system", "state")
    search_fields = ("event_id", "subject")
    exclude = ("body",)


@admin.register(MirroredDeal)
class MirroredDealAdmin(PlainReadOnlyAdmin):
    """Deals as their system held them when last read."""

    list_display = ("external_id", "system", "stage", "theirs_version", "read_at", "told_at", "error")
    list_filter = ("system", "stage")
    search_fields = ("external_id",)
