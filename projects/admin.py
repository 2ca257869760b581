"""Data administration of people and projects."""

from django.contrib import admin

from core.stewardship import ReadOnlyAdmin, StewardAdmin
from projects.models import (
    Assignment,
    Employment,
    Milestone,
    Project,
    ProjectTemplate,
    SignOff,
    SignOffLink,
    Task,
    TemplateTask,
    Worker,
)


@admin.register(Worker)
class WorkerAdmin(StewardAdmin):
    """Who delivers work."""

    list_display = ("code", "name", "email", "kind", "user")
    list_filter = ("kind",)
    search_fields = ("code", "name", "email")
    list_select_related = ("user",)


@admin.register(Employment)
class EmploymentAdmin(StewardAdmin):
    """As what workers are employed, on which days; two never overlap."""

    list_display = ("worker", "legal_entity", "role", "region", "practice", "valid")
    list_filter = ("legal_entity", "role", "region")
    search_fields = ("worker__code", "worker__name")
    list_select_related = ("worker", "legal_entity", "role", "region")
    autocomplete_fields = ("worker", "manager")


@admin.register(ProjectTemplate)
class ProjectTemplateAdmin(StewardAdmin):
    """What the projects of new contracts look like, by service line and selling entity."""

    list_display = ("code", "name", "service_line", "legal_entity", "delivering_entity", "manager", "active")
    list_filter = ("active", "service_line", "legal_entity")
    search_fields = ("code", "name")
    list_select_related = ("service_line", "legal_entity", "delivering_entity", "manager")
    autocomplete_fields = ("manager",)


@admin.register(TemplateTask)
class TemplateTaskAdmin(StewardAdmin):
    """The tasks a project of a template begins with."""

    list_display = ("template", "code", "name", "billable", "position")
    list_filter = ("template", "billable")
    search_fields = ("code", "name")
    list_select_related = ("template",)


@admin.register(Project)
class ProjectAdmin(ReadOnlyAdmin):
    """Projects; what changes them are verbs."""

    list_display = ("code", "name", "contract", "legal_entity", "manager", "status")
    list_filter = ("status", "legal_entity")
    search_fields = ("code", "name")
    list_select_related = ("contract", "legal_entity", "manager")


@admin.register(Task)
class TaskAdmin(ReadOnlyAdmin):
    """Tasks of projects."""

    list_display = ("project", "code", "name", "contract_line_key", "billable", "status")
    list_filter = ("status", "billable")
    search_fields = ("code", "name", "project__code")
    list_select_related = ("project",)


@admin.register(Assignment)
class AssignmentAdmin(ReadOnlyAdmin):
    """Who works on what."""

    list_display = ("worker", "project", "role", "valid", "allocation_percent", "status")
    list_filter = ("status", "role")
    search_fields = ("worker__name", "project__code")
    list_select_related = ("worker", "project", "role")


@admin.register(Milestone)
class MilestoneAdmin(ReadOnlyAdmin):
    """Milestones; what changes them are verbs."""

    list_display = ("code", "contract", "project", "term_key", "due_on", "percent_complete", "status")
    list_filter = ("status",)
    search_fields = ("code", "contract__code", "project__code")
    list_select_related = ("contract", "project")


@admin.register(SignOff)
class SignOffAdmin(ReadOnlyAdmin):
    """What was decided about milestones."""

    list_display = ("milestone", "number", "decision", "percent", "how", "signer", "signed_on")
    list_filter = ("decision", "how")
    search_fields = ("milestone__code", "signer", "document_sha256")
    list_select_related = ("milestone",)


@admin.register(SignOffLink)
class SignOffLinkAdmin(ReadOnlyAdmin):
    """Links given to clients; their secrets are not stored."""

    list_display = ("milestone", "recipient", "created_by", "expires_at", "revoked_at", "used_at")
    exclude = ("token_sha256",)
    search_fields = ("milestone__code", "recipient")
    list_select_related = ("milestone", "created_by")
