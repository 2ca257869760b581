"""What work cost beside time, as it was recorded, submitted and approved."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from contracts.models import ExpenseCategory
from core.models import Attachment, Canonical, Currency
from projects.models import Project, Task, Worker
from timesheets.states import EntryStatus, ExpenseKind, PolicyResult


class Expense(Canonical):
    """Money spent by a worker, or by a vendor in the worker's charge, on a task and day.

    `net` is what it costs the firm in `currency`: what was paid less `tax`, the input tax that is recovered.
    Of a category with units `quantity` counts them. Approved expenses are facts: they are corrected, never
    edited. As with time, what counts is the approved expense or replacement of each chain (`root_id`).
    """

    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="+")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="+", db_index=False)
    category = models.ForeignKey(ExpenseCategory, on_delete=models.PROTECT, related_name="+")
    spent_on = models.DateField()
    currency = models.ForeignKey(Currency, on_delete=models.PROTECT, related_name="+", db_index=False)
    net = models.DecimalField(max_digits=18, decimal_places=4)
    tax = models.DecimalField(
        max_digits=18, decimal_places=4, default=Decimal(0), help_text="Input tax that is recovered."
    )
    quantity = models.DecimalField(max_digits=12, decimal_places=4, default=Decimal(1))
    receipt = models.ForeignKey(Attachment, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    vendor = models.CharField(max_length=120, blank=True)
    pass_through = models.BooleanField(default=False, help_text="The vendor billed the firm, not the worker.")
    reimbursable = models.BooleanField(default=True, help_text="The worker gets the money back.")
    billable = models.BooleanField(default=True)
    note = models.CharField(max_length=500, blank=True)
    policy_result = models.CharField(max_length=8, choices=PolicyResult.choices, default=PolicyResult.OK)
    policy_sentence = models.CharField(max_length=300, blank=True)
    status = models.CharField(max_length=10, choices=EntryStatus.choices, default=EntryStatus.DRAFT)
    kind = models.CharField(max_length=12, choices=ExpenseKind.choices, default=ExpenseKind.EXPENSE)
    root_id = models.UUIDField(help_text="First expense of the chain; an uncorrected one names itself.")
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    source_system = models.CharField(max_length=30, default="tieout")
    source_key = models.CharField(max_length=80)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    rejection_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("spent_on", "id")
        constraints = [
            models.UniqueConstraint(fields=("source_system", "source_key"), name="expense_once_per_source"),
            models.CheckConstraint(
                name="expense_amounts_in_range",
                condition=Q(kind="reversal", net__lt=0, tax__lte=0, quantity__lt=0)
                | (~Q(kind="reversal") & Q(net__gt=0, tax__gte=0, quantity__gt=0)),
            ),
            models.CheckConstraint(
                name="expense_correction_names_its_expense",
                condition=Q(kind="expense", corrects__isnull=True)
                | (~Q(kind="expense") & Q(corrects__isnull=False)),
            ),
            models.CheckConstraint(
                name="expense_approval_facts_together",
                condition=Q(
                    status__in=["approved", "corrected"], approved_by__isnull=False, approved_at__isnull=False
                )
                | Q(
                    status__in=["draft", "submitted", "rejected"],
                    approved_by__isnull=True,
                    approved_at__isnull=True,
                ),
            ),
            models.CheckConstraint(
                name="expense_approver_is_not_submitter",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("submitted_by")),
            ),
            models.CheckConstraint(
                name="expense_blocked_is_not_submitted",
                condition=~Q(policy_result="blocked")
                | Q(status__in=["draft", "rejected"])
                | Q(kind="reversal"),
            ),
            models.UniqueConstraint(
                fields=("corrects", "kind"),
                condition=~Q(status="rejected"),
                name="expense_corrected_once",
            ),
        ]
        indexes = [
            models.Index(fields=("project", "status", "spent_on"), name="expense_by_project"),
            models.Index(fields=("worker", "spent_on"), name="expense_by_worker_day"),
            models.Index(fields=("root_id",), name="expense_by_root"),
        ]

    def __str__(self) -> str:
        return f"{self.spent_on} {self.net} {self.currency_id}"

    @property
    def paid(self) -> Decimal:
        """Return what was paid, with the tax that is recovered."""
        return self.net + self.tax
