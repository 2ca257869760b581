"""Tax codes with their dated rates, and the rules that choose among them."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models

from contracts.models import ANY
from core.models import Canonical, LegalEntity


class TaxCode(Canonical):
    """A tax as the books name it; `percent` of the document's base, `legal_text` printed where required."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=80)
    percent = models.DecimalField(max_digits=7, decimal_places=4)
    legal_text = models.CharField(max_length=240, blank=True)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class TaxRule(Canonical):
    """Which code applies for seller, buyer, service line and tax-point date; the most specific rule wins."""

    class Registration(models.TextChoices):
        ANY = "any"
        REGISTERED = "registered"
        UNREGISTERED = "unregistered"

    legal_entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT, related_name="tax_rules")
    buyer_country = models.CharField(max_length=3, default=ANY)
    buyer_region = models.CharField(max_length=10, default=ANY)
    buyer_registration = models.CharField(
        max_length=14, choices=Registration.choices, default=Registration.ANY
    )
    service_line = models.CharField(max_length=30, default=ANY)
    tax_code = models.ForeignKey(TaxCode, on_delete=models.PROTECT, related_name="rules")
    valid = DateRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="tax_rules_never_overlap",
                violation_error_message="The same sales have a rule on some of these days: end it first.",
                expressions=[
                    ("legal_entity", RangeOperators.EQUAL),
                    ("buyer_country", RangeOperators.EQUAL),
                    ("buyer_region", RangeOperators.EQUAL),
                    ("buyer_registration", RangeOperators.EQUAL),
                    ("service_line", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.legal_entity_id} to {self.buyer_country}: {self.tax_code_id}"
