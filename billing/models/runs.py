"""Billing runs: which work is proposed up to which date, and what stood in the way."""

from django.conf import settings
from django.db import models

from billing.states import RunStatus
from contracts.models import Contract
from core.models import Canonical, LegalEntity


class BillingRun(Canonical):
    """One pass over the open charges of a legal entity with service dates up to the cut-off."""

    number = models.CharField(max_length=20, unique=True)
    legal_entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT, related_name="billing_runs")
    cut_off = models.DateField(help_text="Last service date included.")
    document_date = models.DateField(help_text="Date and tax point of the proposals.")
    status = models.CharField(max_length=10, choices=RunStatus.choices, default=RunStatus.DRAFT)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    contracts_total = models.PositiveIntegerField(default=0)
    contracts_done = models.PositiveIntegerField(default=0)
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.number


class RunFailure(Canonical):
    """A contract that a run had to leave out, with the reason in words."""

    run = models.ForeignKey(BillingRun, on_delete=models.CASCADE, related_name="failures")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=40)
    sentence = models.CharField(max_length=400)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("run", "contract", "code"), name="failure_once_per_contract")
        ]

    def __str__(self) -> str:
        return self.sentence
