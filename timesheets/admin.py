"""Data administration of work types; time and decisions on it are read here, never edited."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from core.stewardship import ReadOnlyAdmin, StewardAdmin
from timesheets.models import Approval, Expense, TimeEntry, Timesheet, WorkType


@admin.register(WorkType)
class WorkTypeAdmin(StewardAdmin):
    """Kinds of work, with the factor they are priced at where no rate names them."""

    list_display = ("code", "name", "multiplier", "billable")
    search_fields = ("code", "name")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Freeze the code: rates and other systems name it."""
        return ("code",) if obj else ()


@admin.register(Timesheet)
class TimesheetAdmin(ReadOnlyAdmin):
    """Weeks of workers."""

    list_display = ("worker", "week")
    search_fields = ("worker__code", "worker__name")
    date_hierarchy = "week"
    list_select_related = ("worker",)


@admin.register(TimeEntry)
class TimeEntryAdmin(ReadOnlyAdmin):
    """Hours as they were recorded, decided on and corrected."""

    list_display = ("work_date", "worker", "project", "task", "hours", "status", "kind", "source_system")
    list_filter = ("status", "kind", "source_system")
    search_fields = ("worker__code", "project__code", "source_key")
    list_select_related = ("worker", "project", "task")
    show_full_result_count = False


@admin.register(Approval)
class ApprovalAdmin(ReadOnlyAdmin):
    """Who decided on whose time, and when."""

    list_display = ("week", "worker", "project", "decision", "entries", "hours", "decided_by", "decided_at")
    list_filter = ("decision",)
    search_fields = ("worker__code", "project__code")
    list_select_related = ("worker", "project", "decided_by")


@admin.register(Expense)
class ExpenseAdmin(ReadOnlyAdmin):
    """Expenses as they were recorded, decided on and corrected."""

    list_display = ("spent_on", "worker", "project", "category", "net", "currency", "status", "kind")
    list_filter = ("status", "kind", "category", "source_system")
    search_fields = ("worker__code", "project__code", "vendor", "source_key")
    list_select_related = ("worker", "project", "category")
    show_full_result_count = False
