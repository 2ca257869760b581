"""Data administration of billing: stewards keep tax codes and rules; documents and facts are read-only."""

from django.contrib import admin

from billing.models import (
    Adjustment,
    BillingRun,
    Charge,
    ErpDocument,
    Hold,
    Payment,
    Proposal,
    TaxCode,
    TaxRule,
    Waiver,
)
from core.admin import ReadOnlyAdmin, StewardAdmin


@admin.register(TaxCode)
class TaxCodeAdmin(StewardAdmin):
    """Taxes as the books name them, with the text a document must print."""

    list_display = ("code", "name", "percent", "legal_text")
    search_fields = ("code", "name")


@admin.register(TaxRule)
class TaxRuleAdmin(StewardAdmin):
    """Which tax code applies for seller, buyer, service line and date; the most specific rule wins."""

    list_display = (
        *("legal_entity", "buyer_country", "buyer_region", "buyer_registration", "service_line"),
        *("tax_code", "valid"),
    )
    list_filter = ("legal_entity", "tax_code", "buyer_registration")
    list_select_related = ("legal_entity", "tax_code")


class FinancialAdmin(ReadOnlyAdmin):
    """Charges and documents: read by those who read billing, written by verbs alone."""

    read_permission = "run.view"
    show_full_result_count = False


@admin.register(Charge)
class ChargeAdmin(FinancialAdmin):
    """Priced facts with their history."""

    list_display = ("service_on", "contract", "component", "amount", "currency", "status", "slice")
    list_filter = ("status", "component", "billable")
    search_fields = ("contract__code", "source_id__exact")
    list_select_related = ("contract",)


@admin.register(Waiver)
class WaiverAdmin(FinancialAdmin):
    """Sources kept at the terms they were first fixed under."""

    list_display = ("contract", "source_id", "known_at")
    list_select_related = ("contract",)


@admin.register(Hold)
class HoldAdmin(FinancialAdmin):
    """Work kept off proposals."""

    list_display = ("contract", "source_id", "reason", "placed_by", "created_at", "released_at")
    list_select_related = ("contract", "placed_by")


@admin.register(Adjustment)
class AdjustmentAdmin(FinancialAdmin):
    """Decisions about money."""

    list_display = ("contract", "kind", "amount", "code", "reason", "author", "approved_by", "status")
    list_filter = ("kind", "status")
    list_select_related = ("contract", "author", "approved_by")


@admin.register(BillingRun)
class BillingRunAdmin(FinancialAdmin):
    """Billing runs."""

    list_display = ("number", "legal_entity", "cut_off", "document_date", "status", "prepared_by")
    list_filter = ("legal_entity", "status")
    search_fields = ("number",)
    list_select_related = ("legal_entity", "prepared_by")


@admin.register(Proposal)
class ProposalAdmin(FinancialAdmin):
    """Invoices and credit notes."""

    list_display = (
        "number",
        "kind",
        "contract",
        "document_date",
        "gross",
        "currency",
        "status",
        "erp_number",
    )
    list_filter = ("kind", "status", "legal_entity")
    search_fields = ("number", "erp_number", "contract__code")
    list_select_related = ("contract",)


@admin.register(ErpDocument)
class ErpDocumentAdmin(FinancialAdmin):
    """Documents as the ERP reported them."""

    list_display = ("number", "system", "kind", "customer", "document_date", "gross", "currency", "state")
    list_filter = ("system", "state")
    search_fields = ("number", "external_reference")


@admin.register(Payment)
class PaymentAdmin(FinancialAdmin):
    """Payments as the ERP reported them."""

    list_display = ("proposal", "external_id", "amount", "currency", "paid_on", "system")
    search_fields = ("external_id", "proposal__number")
    list_select_related = ("proposal",)
