"""Data administration of customers and agreements; terms and prices are changed by verbs only."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from contracts.models import (
    BillingAccount,
    Contract,
    ContractLine,
    ContractVersion,
    Customer,
    Deal,
    DeliveryRole,
    ExpenseCategory,
    ExpenseRule,
    FieldConflict,
    InstalmentTerm,
    MilestoneTerm,
    Payer,
    Rate,
    RateCard,
    Region,
    ServiceLine,
)
from contracts.policies import check_country, check_tax_registration
from core.errors import Refusal
from core.stewardship import Guarded, ReadOnlyAdmin, StewardAdmin

if TYPE_CHECKING:
    AccountModelForm = forms.ModelForm[BillingAccount]
    TabularInline = admin.TabularInline[Any, Any]
else:
    AccountModelForm = forms.ModelForm
    TabularInline = admin.TabularInline


@admin.register(DeliveryRole, ServiceLine, Region)
class CodeAdmin(StewardAdmin):
    """Codes that agreements and work share; a code in use stays."""

    list_display = ("code", "name")
    search_fields = ("code", "name")

    def get_readonly_fields(self, request: Any, obj: Any = None) -> tuple[str, ...]:
        """Freeze the code once it exists: prices name it."""
        return ("code",) if obj else ()


@admin.register(Customer)
class CustomerAdmin(StewardAdmin):
    """Who buys."""

    list_display = ("code", "name", "parent", "currency", "status", "credit_hold")
    list_filter = ("status", "credit_hold", "currency")
    search_fields = ("code", "name")
    list_select_related = ("parent", "currency")
    autocomplete_fields = ("parent",)


class AccountForm(AccountModelForm):
    """A billing account, checked as everywhere else."""

    def clean(self) -> dict[str, Any]:
        """Refuse an unknown country and a tax registration that is not of its type."""
        given = super().clean() or {}
        try:
            check_country(given.get("country", ""))
            check_tax_registration(given.get("tax_registration", ""), given.get("country", ""))
        except Refusal as refusal:
            self.add_error(refusal.field, refusal.sentence)
        return given


@admin.register(BillingAccount)
class BillingAccountAdmin(StewardAdmin):
    """Who is billed."""

    form = AccountForm
    list_display = ("code", "name", "customer", "country", "tax_registration", "payment_terms_days")
    list_filter = ("country", "purchase_order_required")
    search_fields = ("code", "name", "tax_registration")
    list_select_related = ("customer",)
    autocomplete_fields = ("customer",)


@admin.register(Contract)
class ContractAdmin(ReadOnlyAdmin):
    """Contracts; what changes them are verbs."""

    list_display = ("code", "name", "customer", "legal_entity", "currency", "status")
    list_filter = ("status", "kind", "legal_entity")
    search_fields = ("code", "name")


class _Part(Guarded, TabularInline):
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: terms are written by verbs."""
        return False


class LinePart(_Part):
    """The lines of a version."""

    model = ContractLine


class PayerPart(_Part):
    """The payers of a version."""

    model = Payer


class ExpensePart(_Part):
    """The expense rules of a version."""

    model = ExpenseRule


@admin.register(ExpenseCategory)
class ExpenseCategoryAdmin(StewardAdmin):
    """Kinds of expenses with the firm's limits; what is submitted already keeps its result."""

    list_display = ("code", "name", "currency", "unit", "unit_price", "ceiling", "receipt_above", "active")
    list_filter = ("active",)
    search_fields = ("code", "name")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Freeze code and unit: terms and recorded expenses rely on them."""
        return ("code", "unit") if obj else ()


@admin.register(ContractVersion)
class ContractVersionAdmin(ReadOnlyAdmin):
    """Versions with their lines and payers."""

    list_display = ("contract", "number", "effective_from", "status", "prepared_by", "approved_by")
    list_filter = ("status",)
    search_fields = ("contract__code", "contract__name")
    list_select_related = ("contract", "prepared_by", "approved_by")
    inlines = (LinePart, PayerPart, ExpensePart)


@admin.register(RateCard)
class RateCardAdmin(ReadOnlyAdmin):
    """Rate cards; prices are set by a verb, which keeps what was known."""

    list_display = ("code", "name", "scope", "currency", "unit")
    list_filter = ("scope", "currency")
    search_fields = ("code", "name")


@admin.register(Rate)
class RateAdmin(ReadOnlyAdmin):
    """Prices, known now or formerly."""

    list_display = (
        "card",
        "role",
        "worker",
        "region",
        "service_line",
        "work_type",
        "amount",
        "valid",
        "known",
    )
    list_filter = ("role", "region", "service_line")
    search_fields = ("card__code", "worker")
    list_select_related = ("card",)


@admin.register(MilestoneTerm)
class MilestoneTermAdmin(ReadOnlyAdmin):
    """Milestones of lines; terms are written by verbs."""

    list_display = ("line", "key", "name", "amount", "due_on", "required_percent", "deemed_after_days")
    search_fields = ("key", "name", "line__contract_version__contract__code")
    list_select_related = ("line",)


@admin.register(InstalmentTerm)
class InstalmentTermAdmin(ReadOnlyAdmin):
    """Instalments of lines; terms are written by verbs."""

    list_display = ("line", "key", "due_on", "amount")
    search_fields = ("key", "line__contract_version__contract__code")
    list_select_related = ("line",)


@admin.register(Deal)
class DealAdmin(ReadOnlyAdmin):
    """Deals; they come in by intake and are completed by verbs."""

    list_display = ("code", "name", "customer_name", "legal_entity", "amount", "currency", "state")
    list_filter = ("state", "source", "legal_entity")
    search_fields = ("code", "name", "customer_name", "source_id")
    list_select_related = ("legal_entity",)


@admin.register(FieldConflict)
class FieldConflictAdmin(ReadOnlyAdmin):
    """Fields that both sides changed, and which word held."""

    list_display = ("deal", "field", "ours", "theirs", "kept", "settled_by")
    list_filter = ("kept",)
    list_select_related = ("deal",)
