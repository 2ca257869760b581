"""What the ERP reports: the posted document and its payments."""

from django.db import models

from billing.models.proposals import Proposal
from core.models import Canonical, LegalEntity


class ErpDocument(Canonical):
    """A document of the ERP as it reported it when last read; amounts in `currency`."""

    system = models.CharField(max_length=30)
    legal_entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=40)
    external_reference = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=12)
    customer = models.CharField(max_length=40)
    customer_name = models.CharField(max_length=160, blank=True)
    purchase_order = models.CharField(max_length=40, blank=True)
    document_date = models.DateField()
    currency = models.CharField(max_length=3)
    net = models.DecimalField(max_digits=18, decimal_places=4)
    tax = models.DecimalField(max_digits=18, decimal_places=4)
    gross = models.DecimalField(max_digits=18, decimal_places=4)
    state = models.CharField(max_length=20)
    lines = models.JSONField(default=list)
    proposal = models.ForeignKey(
        Proposal, on_delete=models.PROTECT, null=True, blank=True, related_name="erp_documents"
    )
    read_at = models.DateTimeField()

    class Meta:
        ordering = ("number",)
        constraints = [models.UniqueConstraint(fields=("system", "number"), name="erp_document_once")]

    def __str__(self) -> str:
        return self.number


class Payment(Canonical):
    """A payment as the ERP reported it, in the document's currency."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="payments")
    system = models.CharField(max_length=30)
    external_id = models.CharField(max_length=60)
    amount = models.DecimalField(max_digits=18, decimal_places=4)
    currency = models.CharField(max_length=3)
    paid_on = models.DateField()

    class Meta:
        ordering = ("paid_on", "external_id")
        constraints = [models.UniqueConstraint(fields=("system", "external_id"), name="payment_once")]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"
