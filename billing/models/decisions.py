"""Decisions are facts of their own: holds and adjustments, with code, reason, author and approver."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from billing.states import AdjustmentKind, AdjustmentStatus, SourceType
from contracts.models import Contract
from core.models import Canonical


class Hold(Canonical):
    """Keeps the charges of a source off proposals until it is released."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="+")
    source_type = models.CharField(max_length=12, choices=SourceType.choices, default=SourceType.TIME)
    source_id = models.UUIDField()
    reason = models.CharField(max_length=240)
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("contract", "source_type", "source_id"),
                condition=Q(released_at=None),
                name="one_hold_per_source",
            ),
            models.CheckConstraint(
                condition=Q(released_by=None, released_at=None)
                | Q(released_by__isnull=False, released_at__isnull=False),
                name="hold_release_facts_together",
            ),
        ]

    def __str__(self) -> str:
        return self.reason


class Adjustment(Canonical):
    """A write-off of a source, or a write-down or write-up of its price by a positive `amount`.

    Amounts are in the currency of the charges. `priced_at` is what the source billed when the amount
    was decided: another price later makes the decision stale.
    """

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="adjustments")
    kind = models.CharField(max_length=10, choices=AdjustmentKind.choices)
    source_type = models.CharField(max_length=12, choices=SourceType.choices, default=SourceType.TIME)
    source_id = models.UUIDField()
    amount = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    priced_at = models.DecimalField(max_digits=18, decimal_places=4)
    code = models.CharField(max_length=30)
    reason = models.CharField(max_length=240)
    status = models.CharField(
        max_length=10, choices=AdjustmentStatus.choices, default=AdjustmentStatus.SUBMITTED
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="adjustment_amount_fits_kind",
                condition=Q(kind="write_off", amount__isnull=True)
                | Q(kind__in=["write_down", "write_up"], amount__gt=0),
            ),
            models.CheckConstraint(
                name="adjustment_approver_is_not_author",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("author")),
            ),
            models.CheckConstraint(
                name="adjustment_approval_facts_together",
                condition=Q(status="approved", approved_by__isnull=False, approved_at__isnull=False)
                | Q(status__in=["submitted", "rejected"], approved_at__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=("contract", "source_id"), name="adjustment_by_source")]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount or ''}"
