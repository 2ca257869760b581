"""Data administration of the kernel's models."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest, HttpResponse

from core.actions.routing import reroute_exceptions
from core.actors import Actor
from core.models import (
    AccountingPeriod,
    ApiToken,
    Currency,
    Event,
    EventSeal,
    ExceptionItem,
    ExceptionRoute,
    ExchangeRate,
    LegalEntity,
    Membership,
    ScheduleSlot,
    User,
)
from core.presentation.formats import counted
from core.stewardship import PlainReadOnlyAdmin, ReadOnlyAdmin, StewardAdmin, attributed

__all__ = ["PlainReadOnlyAdmin", "ReadOnlyAdmin", "StewardAdmin"]


if TYPE_CHECKING:
    MemberForm = forms.ModelForm[Membership]
else:
    MemberForm = forms.ModelForm


@admin.register(User)
class PeopleAdmin(StewardAdmin, UserAdmin):  # type: ignore[type-arg]
    """People and service accounts; rights come from memberships, never from Django's own groups."""

    list_display = ("username", "first_name", "last_name", "email", "is_active", "is_service_account")
    list_filter = ("is_active", "is_service_account")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        ("Access", {"fields": ("is_active", "is_staff", "is_service_account", "last_login")}),
    )
    readonly_fields = ("last_login",)

    def user_change_password(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002 - Django names it so
        form_url: str = "",
    ) -> HttpResponse:
        """Set a password with the steward as actor."""
        answer: HttpResponse = attributed(request, super().user_change_password, request, id, form_url)
        return answer


class MembershipForm(MemberForm):
    """Nobody gives a role to themselves."""

    steward: User | None = None

    def clean_user(self) -> User:
        """Refuse the steward's own account."""
        user: User = self.cleaned_data["user"]
        if user == self.steward:
            raise forms.ValidationError("Ask another steward to change your own roles.")
        return user


@admin.register(Membership)
class MembershipAdmin(StewardAdmin):
    """Who holds which role for which legal entity, and when."""

    form = MembershipForm
    list_display = ("user", "role", "legal_entity", "valid")
    list_filter = ("role", "legal_entity")
    search_fields = ("user__username", "user__first_name", "user__last_name")
    list_select_related = ("user", "legal_entity")

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Tell the form who is editing."""
        return type("Form", (super().get_form(request, *args, **kwargs),), {"steward": request.user})

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse one's own memberships."""
        return super().has_change_permission(request, obj) and getattr(obj, "user", None) != request.user


@admin.register(LegalEntity)
class LegalEntityAdmin(StewardAdmin):
    """The companies of the firm."""

    list_display = ("code", "name", "country", "base_currency", "time_zone")
    search_fields = ("code", "name")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Freeze code and base currency once books are kept in it."""
        return ("code", "base_currency") if obj else ()


@admin.register(ExchangeRate)
class ExchangeRateAdmin(StewardAdmin):
    """Exchange rates with their days of validity and source."""

    list_display = ("base", "quote", "kind", "valid", "rate", "source")
    list_filter = ("base", "quote", "kind")


@admin.register(Currency)
class CurrencyAdmin(PlainReadOnlyAdmin):
    """ISO 4217 currencies, loaded by a migration."""

    list_display = ("code", "name", "minor_unit")
    search_fields = ("code", "name")


@admin.register(AccountingPeriod)
class AccountingPeriodAdmin(ReadOnlyAdmin):
    """Accounting months; closing and reopening are verbs."""

    list_display = ("legal_entity", "month", "state", "closed_by")
    list_filter = ("legal_entity", "state")


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    """Tokens by name and prefix; the secret is shown once, when a verb issues it."""

    list_display = ("name", "prefix", "user", "expires_at", "last_used_at")
    fields = ("name", "prefix", "user", "scopes", "expires_at", "last_used_at")


@admin.register(ExceptionItem)
class ExceptionItemAdmin(ReadOnlyAdmin):
    """Exception items with their history."""

    list_display = ("number", "code", "title", "state", "owner", "opened_at")
    list_filter = ("state", "code", "flow")
    search_fields = ("number", "title")


@admin.register(ExceptionRoute)
class ExceptionRouteAdmin(StewardAdmin):
    """Who answers for which exceptions, and how soon. A rule holds for items that open from then on."""

    list_display = ("__str__", "assign_to", "owner", "due_working_days", "due_hours", "is_active")
    list_filter = ("is_active", "assign_to", "legal_entity")
    search_fields = ("code", "contract", "customer")
    list_select_related = ("legal_entity", "owner")
    actions = ("apply_to_open_items",)

    @admin.action(description="Apply all rules to open exceptions", permissions=["change"])
    def apply_to_open_items(self, request: HttpRequest, queryset: Any) -> None:
        """Give open items to whom the rules name now, but those a person assigned."""
        assert isinstance(request.user, User)
        reason = "Rules applied in the data administration"
        changed = reroute_exceptions(actor=Actor.of(request.user), reason=reason)
        messages.success(request, f"{counted(changed, 'exception')} changed")


@admin.register(Event)
class EventAdmin(PlainReadOnlyAdmin):
    """The append-only log."""

    list_display = ("seq", "occurred_at", "type", "aggregate_type", "aggregate_id", "actor", "reason")
    list_filter = ("type",)
    search_fields = ("aggregate_id__exact", "correlation_id__exact")
    show_full_result_count = False


@admin.register(EventSeal)
class EventSealAdmin(PlainReadOnlyAdmin):
    """The chain over the log."""

    list_display = ("number", "sealed_at", "events", "key_id", "root")


@admin.register(ScheduleSlot)
class ScheduleSlotAdmin(PlainReadOnlyAdmin):
    """The times at which jobs were due, with what came of each."""

    list_display = ("job", "due_at", "state", "attempts", "outcome", "finished_at")
    list_filter = ("job", "state")
