"""Workers and their dated employments."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models

from contracts.models import DeliveryRole, Region
from core.models import Canonical, Currency, LegalEntity


class Worker(Canonical):
    """A person who delivers work, employed or subcontracted."""

    class Kind(models.TextChoices):
        EMPLOYEE = "employee"
        SUBCONTRACTOR = "subcontractor"

    code = models.CharField(max_length=30, unique=True)
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="worker"
    )
    kind = models.CharField(max_length=14, choices=Kind.choices, default=Kind.EMPLOYEE)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Employment(Canonical):
    """Where, as what and at which cost a worker is employed on the days of `valid`."""

    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="employments")
    legal_entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT, related_name="+")
    role = models.ForeignKey(DeliveryRole, on_delete=models.PROTECT, related_name="+")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    practice = models.CharField(max_length=40, blank=True)
    cost_centre = models.CharField(max_length=30, blank=True)
    manager = models.ForeignKey(
        Worker, on_delete=models.PROTECT, null=True, blank=True, related_name="reports"
    )
    capacity_hours = models.DecimalField(max_digits=5, decimal_places=2, help_text="Hours a week.")
    cost_rate = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    cost_currency = models.ForeignKey(
        Currency, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    valid = DateRangeField()

    class Meta:
        ordering = ("worker", "valid")
        constraints = [
            ExclusionConstraint(
                name="one_employment_a_day",
                violation_error_message="The worker is employed on some of these days: end that first.",
                expressions=[("worker", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
            )
        ]

    def __str__(self) -> str:
        return f"{self.worker_id} {self.valid}"
