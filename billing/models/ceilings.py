"""How far the caps of contracts and the amounts of purchase orders are used."""

from django.db import models

from contracts.models import BillingAccount, Contract
from core.identifiers import uuid7


class CeilingUse(models.Model):
    """A ceiling in force and what is billed under it, written by pricing whenever it looks at the contract.

    `ceiling`, `used` and `over_amount` are net in the contract's currency; of a cap in hours the first two
    are hours. What it keeps back of work, charged but not billable, is `over_amount` and `over_hours`.
    """

    class Level(models.IntegerChoices):
        """What the ceiling is on, in the order in which ceilings are asked."""

        LINE_HOURS = 1, "hours of the line"
        LINE_AMOUNT = 2, "line"
        CONTRACT_HOURS = 3, "hours of the contract"
        CONTRACT_AMOUNT = 4, "contract"
        ORDER = 5, "purchase order"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="ceilings")
    level = models.PositiveSmallIntegerField(choices=Level.choices)
    line_key = models.CharField(max_length=40, blank=True)
    billing_account = models.ForeignKey(
        BillingAccount, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ceiling = models.DecimalField(max_digits=18, decimal_places=4)
    used = models.DecimalField(max_digits=18, decimal_places=4)
    over_amount = models.DecimalField(max_digits=18, decimal_places=4)
    over_hours = models.DecimalField(max_digits=18, decimal_places=4)
    told_percent = models.PositiveSmallIntegerField(
        default=0, help_text="Highest threshold that was announced for this ceiling."
    )

    class Meta:
        ordering = ("contract", "level", "line_key", "billing_account")
        constraints = [
            models.UniqueConstraint(
                fields=("contract", "level", "line_key", "billing_account"),
                nulls_distinct=False,
                name="one_use_per_ceiling",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()} {self.line_key}".strip()

    @property
    def in_hours(self) -> bool:
        """Say whether ceiling and use are hours, not money."""
        return self.level in {self.Level.LINE_HOURS, self.Level.CONTRACT_HOURS}
