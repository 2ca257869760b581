"""The firm itself: its legal entities, their accounting months, currencies and exchange rates."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from core.models.base import Canonical
from core.states import PeriodState


class Currency(models.Model):
    """An ISO 4217 currency; `minor_unit` is its number of decimals, for SQL that rounds."""

    code = models.CharField(primary_key=True, max_length=3)
    name = models.CharField(max_length=80)
    minor_unit = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("code",)
        verbose_name_plural = "currencies"

    def __str__(self) -> str:
        return self.code


class LegalEntity(Canonical):
    """A company of the firm: it sells, employs, keeps books in its base currency."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    country = models.CharField(max_length=2, help_text="ISO 3166 country of registration, such as GB.")
    base_currency = models.ForeignKey(Currency, on_delete=models.PROTECT, related_name="+")
    time_zone = models.CharField(max_length=60, default="UTC")
    tax_registration = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ("code",)
        verbose_name_plural = "legal entities"

    def __str__(self) -> str:
        return self.name


class AccountingPeriod(Canonical):
    """One month of a legal entity's books; nothing is dated into it once it is closed."""

    legal_entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT, related_name="periods")
    month = models.DateField(help_text="First day of the month.")
    state = models.CharField(max_length=10, choices=PeriodState.choices, default=PeriodState.OPEN)
    closed_by = models.ForeignKey(
        "core.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("legal_entity", "month")
        constraints = [
            models.UniqueConstraint(fields=("legal_entity", "month"), name="one_period_per_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="period_starts_on_first_day"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%B %Y}, {self.legal_entity_id}"

    @property
    def label(self) -> str:
        """Return how people call the month: October 2026 of Tieout UK Ltd."""
        return f"{self.month:%B %Y} of {self.legal_entity.name}"


class ExchangeRate(Canonical):
    """One unit of `base` is worth `rate` units of `quote` on every day of `valid`."""

    base = models.ForeignKey(Currency, on_delete=models.PROTECT, related_name="+")
    quote = models.ForeignKey(Currency, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, default="daily")
    valid = DateRangeField(help_text="Days on which the rate holds, end excluded.")
    rate = models.DecimalField(max_digits=18, decimal_places=8)
    source = models.CharField(max_length=40)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_exchange_rate_a_day",
                violation_error_message="This pair has a rate on some of these days: end that one first.",
                expressions=[
                    ("base", RangeOperators.EQUAL),
                    ("quote", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(rate__gt=0),
                name="exchange_rate_positive",
                violation_error_message="The rate must be more than 0.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.base_id}/{self.quote_id} {self.rate}"
