"""Bases of the data administration: stewards edit master data with history, financial facts are read-only."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from simple_history.admin import SimpleHistoryAdmin

from core.actors import Actor
from core.event_types import MasterDataChanged
from core.events import record
from core.models import User
from core.permissions import holds
from core.verbs import acting

if TYPE_CHECKING:
    PlainAdmin = admin.ModelAdmin[Any]
    HistoryAdmin = admin.ModelAdmin[Any]
else:
    PlainAdmin = admin.ModelAdmin
    HistoryAdmin = SimpleHistoryAdmin

REASON = "Edited in the data administration"


class Guarded:
    """Shows rows to those who hold `read_permission`; nobody adds, edits or deletes."""

    read_permission = "data.administer"

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Say whether the model is listed."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let readers and stewards look."""
        return _holds(request, self.read_permission) or _holds(request, "data.administer")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: the row is written by a verb."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: the row is written by a verb."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: nothing the firm answers for is deleted."""
        return False


class PlainReadOnlyAdmin(Guarded, PlainAdmin):
    """For rows without history, such as the event log."""


class ReadOnlyAdmin(Guarded, HistoryAdmin):
    """For financial documents and facts, with their history."""

    object_history_list_template = "admin/history_list.html"


class StewardAdmin(Guarded, HistoryAdmin):
    """For master and reference data: each edit is attributed to the steward and recorded as an event.

    Rows are never deleted; they end by their validity or status.
    """

    object_history_list_template = "admin/history_list.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Let stewards add."""
        return _holds(request, "data.administer")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let stewards edit."""
        return _holds(request, "data.administer")

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Show the form, or save it with the steward as actor."""
        return attributed(request, super().changeform_view, request, *args, **kwargs)

    def history_form_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show an old state, or bring it back with the steward as actor."""
        answer: HttpResponse = attributed(request, super().history_form_view, request, *args, **kwargs)  # type: ignore[misc]
        return answer

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Record the event beside Django's own log entry."""
        note_edit(obj, [])
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Record the event beside Django's own log entry."""
        note_edit(obj, _changed_fields(message))
        return super().log_change(request, obj, message)


def note_edit(row: Any, fields: list[str]) -> None:
    """Record that a steward added or edited a row. Step: it needs the transaction of the edit."""
    changed = MasterDataChanged(model=row._meta.label_lower, label=str(row)[:160], fields=fields)
    record(row, changed, legal_entity_id=getattr(row, "legal_entity_id", None))


def attributed(request: HttpRequest, view: Any, *args: Any, **kwargs: Any) -> Any:
    """Run a view of the administration; what it writes is the steward's, in one transaction."""
    if request.method != "POST":
        return view(*args, **kwargs)
    assert isinstance(request.user, User)
    with acting(Actor.of(request.user), REASON):
        return view(*args, **kwargs)


def _changed_fields(message: Any) -> list[str]:
    parts = message if isinstance(message, list) else []
    return [str(name) for part in parts for name in part.get("changed", {}).get("fields", [])]


def _holds(request: HttpRequest, permission: str) -> bool:
    return isinstance(request.user, User) and holds(request.user, permission)
