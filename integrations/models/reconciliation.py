"""Reconciliation: our records against the other system's, and what differs."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from billing.models import ErpDocument, Proposal
from core.models import Canonical, ExceptionItem, LegalEntity
from integrations.models.systems import System
from integrations.states import BreakKind, BreakState


class ReconciliationRun(Canonical):
    """One comparison of a legal entity's month with the ERP; `totals` per currency, amounts as text.

    Each side counts in the month of its own document date. `error` says why the ERP could not be read.
    """

    kind = models.CharField(max_length=20, default="invoices")
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="+")
    legal_entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    started_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True, help_text="When the other side was read.")
    completed_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=400, blank=True)
    totals = models.JSONField(default=dict, help_text="Per currency: ours, theirs, counts.")
    matched = models.PositiveIntegerField(default=0)
    breaks = models.PositiveIntegerField(default=0)
    signed_off_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    signed_off_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-started_at",)

    def __str__(self) -> str:
        return f"{self.kind} {self.month:%Y-%m}"


class Break(Canonical):
    """A difference between our document and the ERP's, in `currency`.

    `ours` and `theirs` are the net amounts that count in `month` (none: that side does not count there);
    `difference` is ours − theirs, `tax_difference` the same of the tax amounts. `key` is our document's
    number, or theirs where we have none or the row speaks for theirs alone.
    """

    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="breaks")
    legal_entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    run = models.ForeignKey(ReconciliationRun, on_delete=models.PROTECT, related_name="found_breaks")
    kind = models.CharField(max_length=14, choices=BreakKind.choices)
    key = models.CharField(max_length=120)
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, null=True, related_name="breaks")
    erp_document = models.ForeignKey(ErpDocument, on_delete=models.PROTECT, null=True, related_name="breaks")
    currency = models.CharField(max_length=3)
    ours = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    theirs = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    difference = models.DecimalField(max_digits=18, decimal_places=4)
    tax_difference = models.DecimalField(max_digits=18, decimal_places=4, default=0)
    state = models.CharField(max_length=10, choices=BreakState.choices, default=BreakState.OPEN)
    exception = models.ForeignKey(ExceptionItem, on_delete=models.PROTECT, null=True, related_name="+")
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    explanation = models.CharField(max_length=400, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-difference",)
        constraints = [
            models.UniqueConstraint(
                fields=("system", "legal_entity", "month", "key"),
                condition=~Q(state="matched"),
                name="one_live_break_per_cause",
            ),
            models.CheckConstraint(
                name="break_accepted_by_a_second_person",
                condition=Q(accepted_by__isnull=True) | ~Q(accepted_by=F("proposed_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
