"""Invoice and credit note proposals: what a person reviews before the ERP gets it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from billing.models.runs import BillingRun
from billing.models.tax import TaxCode
from billing.states import ChargeUnit, PaymentStatus, ProposalKind, ProposalStatus
from contracts.models import BillingAccount, Contract, ContractVersion
from core.models import Canonical, LegalEntity


class Proposal(Canonical):
    """A document for one legal entity, bill-to, contract and currency.

    `net`, `tax`, `gross` are in `currency`; `net_base` is net in the entity's base currency at
    `fx_rate` (`fx_source`, `fx_on`). An approval names the content it approved and falls when the
    amounts change. `revision` grows with each release, so that every attempt has its own operation id.
    """

    number = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=12, choices=ProposalKind.choices, default=ProposalKind.INVOICE)
    run = models.ForeignKey(BillingRun, on_delete=models.PROTECT, null=True, related_name="proposals")
    legal_entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT, related_name="+")
    billing_account = models.ForeignKey(BillingAccount, on_delete=models.PROTECT, related_name="proposals")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="proposals")
    contract_version = models.ForeignKey(ContractVersion, on_delete=models.PROTECT, related_name="+")
    credits = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="credit_notes"
    )
    currency = models.CharField(max_length=3)
    purchase_order = models.CharField(max_length=40, blank=True)
    payment_terms_days = models.PositiveSmallIntegerField()
    document_date = models.DateField()
    service_from = models.DateField()
    service_to = models.DateField()
    net = models.DecimalField(max_digits=18, decimal_places=4)
    tax = models.DecimalField(max_digits=18, decimal_places=4)
    gross = models.DecimalField(max_digits=18, decimal_places=4)
    fx_rate = models.DecimalField(max_digits=18, decimal_places=8, null=True)
    fx_source = models.CharField(max_length=40, blank=True)
    fx_on = models.DateField(null=True)
    net_base = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    status = models.CharField(max_length=10, choices=ProposalStatus.choices, default=ProposalStatus.DRAFT)
    on_hold = models.BooleanField(default=False)
    hold_reason = models.CharField(max_length=240, blank=True)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_sha256 = models.CharField(max_length=64, blank=True)
    revision = models.PositiveIntegerField(default=0)
    refusal = models.CharField(max_length=400, blank=True, help_text="Why the ERP sent it back.")
    erp_number = models.CharField(max_length=40, blank=True)
    posted_on = models.DateField(null=True, blank=True)
    payment_status = models.CharField(
        max_length=10, choices=PaymentStatus.choices, default=PaymentStatus.UNPAID
    )
    paid_amount = models.DecimalField(max_digits=18, decimal_places=4, default=0)

    class Meta:
        ordering = ("-number",)
        constraints = [
            models.CheckConstraint(
                condition=Q(gross=F("net") + F("tax")), name="proposal_gross_is_net_plus_tax"
            ),
            models.CheckConstraint(
                name="proposal_approval_facts_together",
                condition=Q(
                    status__in=["approved", "releasing", "posted"],
                    approved_by__isnull=False,
                    approved_at__isnull=False,
                )
                & ~Q(approved_sha256="")
                | Q(
                    status__in=["draft", "in_review", "discarded"],
                    approved_by__isnull=True,
                    approved_at__isnull=True,
                ),
            ),
            models.CheckConstraint(
                name="proposal_approver_is_not_preparer",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("prepared_by")),
            ),
            models.CheckConstraint(
                name="proposal_posted_has_number",
                condition=~Q(status="posted") | (~Q(erp_number="") & Q(posted_on__isnull=False)),
            ),
        ]
        indexes = [models.Index(fields=("status", "legal_entity"), name="proposal_by_status")]

    def __str__(self) -> str:
        return self.number


class ProposalLine(Canonical):
    """A presentation group of charges; `net` is the sum of its charges' rounded amounts."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    group_key = models.CharField(max_length=200)
    section = models.CharField(max_length=160)
    description = models.CharField(max_length=240)
    quantity = models.DecimalField(max_digits=18, decimal_places=4)
    unit = models.CharField(max_length=4, choices=ChargeUnit.choices)
    unit_price = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    net = models.DecimalField(max_digits=18, decimal_places=4)
    service_line = models.CharField(max_length=30)
    tax_code = models.ForeignKey(TaxCode, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("proposal", "position")
        constraints = [
            models.UniqueConstraint(fields=("proposal", "group_key"), name="one_line_per_group"),
        ]

    def __str__(self) -> str:
        return self.description


class ProposalTax(Canonical):
    """Tax of one code on the document's base, rounded once."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="taxes")
    tax_code = models.ForeignKey(TaxCode, on_delete=models.PROTECT, related_name="+")
    percent = models.DecimalField(max_digits=7, decimal_places=4)
    base = models.DecimalField(max_digits=18, decimal_places=4)
    amount = models.DecimalField(max_digits=18, decimal_places=4)
    legal_text = models.CharField(max_length=240, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("proposal", "tax_code"), name="tax_once_per_code")]

    def __str__(self) -> str:
        return f"{self.tax_code_id} {self.amount}"


class ProposalNote(Canonical):
    """A remark of a reviewer; it stays inside the firm."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=1000)

    class Meta:
        ordering = ("created_at",)

    def __str__(self) -> str:
        return self.text
