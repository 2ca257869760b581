"""The deal: what a CRM says was sold, on its way to become a contract."""

from django.db import models
from django.db.models import Q

from contracts.models.contracts import Contract
from contracts.states import DealState
from core.models import Canonical, LegalEntity


class Deal(Canonical):
    """A won opportunity. `given` is what its source said, `completed` what people here filled in, as text.

    The columns beside repeat what both together say, for registers and scope; `missing` are the findings
    of the last check. `agreed` is what its contract was drafted from. `amount` is in `currency`. One deal
    per opportunity of a source.
    """

    code = models.CharField(max_length=20, unique=True)
    source = models.CharField(max_length=30)
    source_id = models.CharField(max_length=80)
    source_version = models.PositiveBigIntegerField(default=0)
    name = models.CharField(max_length=160)
    customer_name = models.CharField(max_length=160, blank=True)
    legal_entity = models.ForeignKey(
        LegalEntity, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    currency = models.CharField(max_length=3, blank=True)
    amount = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=12, choices=DealState.choices, default=DealState.INCOMPLETE)
    given = models.JSONField(default=dict)
    completed = models.JSONField(default=dict)
    agreed = models.JSONField(default=dict)
    missing = models.JSONField(default=list)
    contract = models.OneToOneField(
        Contract, on_delete=models.PROTECT, null=True, blank=True, related_name="deal"
    )

    class Meta:
        ordering = ("-created_at",)
        constraints = [
            models.UniqueConstraint(fields=("source", "source_id"), name="one_deal_per_opportunity"),
            models.CheckConstraint(
                name="converted_deal_has_its_contract",
                condition=Q(state="converted", contract__isnull=False)
                | (~Q(state="converted") & Q(contract__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class FieldConflict(Canonical):
    """A field that both sides changed: what we hold, what the source says, and which one held in the end."""

    class Kept(models.TextChoices):
        OURS = "ours"
        THEIRS = "theirs"

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="conflicts")
    field = models.CharField(max_length=120)
    ours = models.CharField(max_length=240, blank=True)
    theirs = models.CharField(max_length=240, blank=True)
    kept = models.CharField(max_length=6, choices=Kept.choices, blank=True)
    settled_by = models.CharField(max_length=80, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("deal", "field", "created_at")
        constraints = [
            models.UniqueConstraint(
                fields=("deal", "field"), condition=Q(kept=""), name="one_open_conflict_per_field"
            ),
            models.CheckConstraint(
                name="conflict_settled_by_somebody",
                condition=Q(kept="", settled_at__isnull=True, settled_by="")
                | (~Q(kept="") & Q(settled_at__isnull=False) & ~Q(settled_by="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field} of {self.deal_id}"
