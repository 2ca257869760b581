"""Terms of fixed fees: milestones that are signed off, instalments that fall due."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from contracts.models.contracts import ContractLine
from core.models import Canonical


class MilestoneTerm(Canonical):
    """One result of a line, billed once it is signed off; `key` names it across versions.

    `amount` is in the contract's currency. It bills only from `required_percent` of progress on. Without an
    answer it counts as accepted `deemed_after_days` days after its completion; without such days, never.
    """

    line = models.ForeignKey(ContractLine, on_delete=models.CASCADE, related_name="milestones")
    key = models.SlugField(max_length=40)
    name = models.CharField(max_length=160)
    amount = models.DecimalField(max_digits=18, decimal_places=4)
    due_on = models.DateField(null=True, blank=True)
    required_percent = models.DecimalField(
        max_digits=7,
        decimal_places=4,
        default=Decimal(100),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
    )
    deemed_after_days = models.PositiveSmallIntegerField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ("line", "position", "key")
        constraints = [
            models.UniqueConstraint(fields=("line", "key"), name="one_milestone_per_key"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="milestone_amount_not_negative"),
            models.CheckConstraint(
                condition=Q(required_percent__gte=0, required_percent__lte=100),
                name="milestone_required_is_a_percentage",
            ),
            models.CheckConstraint(
                condition=Q(deemed_after_days__isnull=True) | Q(deemed_after_days__gt=0),
                name="milestone_deemed_after_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class InstalmentTerm(Canonical):
    """One part of a line's fee, billed when it falls due; `key` names it across versions.

    `amount` is in the contract's currency.
    """

    line = models.ForeignKey(ContractLine, on_delete=models.CASCADE, related_name="instalments")
    key = models.SlugField(max_length=40)
    due_on = models.DateField()
    amount = models.DecimalField(max_digits=18, decimal_places=4)
    position = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ("line", "position", "key")
        constraints = [
            models.UniqueConstraint(fields=("line", "key"), name="one_instalment_per_key"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="instalment_amount_not_negative"),
        ]

    def __str__(self) -> str:
        return self.key
