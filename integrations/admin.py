"""Data administration of systems and routes; messages and reconciliations are read here, never edited."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from core.stewardship import PlainReadOnlyAdmin, ReadOnlyAdmin, StewardAdmin
from integrations.models import (
    Break,
    Delivery,
    ExternalReference,
    Process,
    ProcessStep,
    ReconciliationRun,
    Route,
    System,
)


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
