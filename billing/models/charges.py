"""The priced fact, and what a prospective policy keeps at its first terms."""

from django.db import models
from django.db.models import Q

from billing.states import ChargeStatus, ChargeUnit, Component, NotBillable, SourceType
from contracts.models import BillingAccount, Contract, ContractVersion, Rate
from core.models import Canonical
from projects.models import Project


class Charge(Canonical):
    """What one source costs one payer, written only by billing/pricing until it is fixed.

    Amounts and unit prices are in `currency`; `quantity` is what is billed, `worked_quantity` the hours
    behind it. Fixed (`fixed_at`) means: on a document that is releasing or posted, so it never changes
    again; later differences are further slices. A credit names the charge it takes back (`reverses`).
    """

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="charges", db_index=False)
    line_key = models.CharField(max_length=40)
    source_type = models.CharField(max_length=12, choices=SourceType.choices)
    source_id = models.UUIDField(help_text="Root of the time entry's chain, the sign-off or adjustment.")
    component = models.CharField(max_length=12, choices=Component.choices)
    billing_account = models.ForeignKey(
        BillingAccount, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    slice = models.CharField(max_length=60, blank=True)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    task_id = models.UUIDField(null=True, help_text="Empty for parts of fixed fees, as worker and role.")
    worker_id = models.UUIDField(null=True)
    role = models.CharField(max_length=30, blank=True)
    service_line = models.CharField(max_length=30)
    service_on = models.DateField()
    accounting_on = models.DateField()
    quantity = models.DecimalField(max_digits=18, decimal_places=4)
    worked_quantity = models.DecimalField(max_digits=18, decimal_places=4)
    unit = models.CharField(max_length=4, choices=ChargeUnit.choices)
    unit_price = models.DecimalField(max_digits=18, decimal_places=4)
    amount = models.DecimalField(max_digits=18, decimal_places=4)
    currency = models.CharField(max_length=3)
    billable = models.BooleanField(default=True)
    not_billable_reason = models.CharField(max_length=16, choices=NotBillable.choices, blank=True, default="")
    status = models.CharField(max_length=10, choices=ChargeStatus.choices, default=ChargeStatus.OPEN)
    proposal_line = models.ForeignKey(
        "billing.ProposalLine", on_delete=models.PROTECT, null=True, related_name="charges", db_index=False
    )
    fixed_at = models.DateTimeField(null=True)
    reverses = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="reversals", db_index=False
    )
    contract_version = models.ForeignKey(
        ContractVersion, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    rate = models.ForeignKey(Rate, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    explanation = models.JSONField(default=dict)

    class Meta:
        ordering = ("service_on", "id")
        constraints = [
            models.UniqueConstraint(
                fields=(
                    "contract",
                    "source_id",
                    "component",
                    "billing_account",
                    "line_key",
                    "slice",
                ),
                name="one_charge_per_slice",
            ),
            models.CheckConstraint(
                name="charge_status_matches_its_line",
                condition=Q(status="open", proposal_line__isnull=True, fixed_at__isnull=True)
                | Q(status="proposed", proposal_line__isnull=False)
                | Q(status="invoiced", proposal_line__isnull=False, fixed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="charge_not_billable_has_reason",
                condition=Q(billable=True, not_billable_reason="")
                | (Q(billable=False) & ~Q(not_billable_reason="")),
            ),
        ]
        indexes = [
            models.Index(
                fields=("proposal_line",), condition=Q(proposal_line__isnull=False), name="charge_by_line"
            ),
            models.Index(
                fields=("reverses",), condition=Q(reverses__isnull=False), name="charge_by_original"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_on} {self.amount} {self.currency}"


class Waiver(Canonical):
    """A source that a prospective policy keeps at the terms known when it was first fixed."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="+")
    source_type = models.CharField(max_length=12, choices=SourceType.choices)
    source_id = models.UUIDField()
    known_at = models.DateTimeField(help_text="Terms approved later do not apply to the source.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("contract", "source_type", "source_id"), name="one_waiver_per_source"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source_id} at {self.known_at}"
