"""Rate cards: prices by role, worker, region, service line and work type, each with its validity."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from contracts.models.contracts import Contract
from contracts.models.customers import Customer
from contracts.states import Unit
from core.models import Canonical, Currency, LegalEntity

ANY = "any"


class RateCard(Canonical):
    """A list of prices in one currency and unit, for everyone, an entity, a customer or a contract."""

    class Scope(models.TextChoices):
        CONTRACT = "contract"
        CUSTOMER = "customer"
        LEGAL_ENTITY = "legal_entity"
        STANDARD = "standard"

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    scope = models.CharField(max_length=12, choices=Scope.choices)
    legal_entity = models.ForeignKey(
        LegalEntity, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="rate_cards"
    )
    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, null=True, blank=True, related_name="rate_cards"
    )
    currency = models.ForeignKey(Currency, on_delete=models.PROTECT, related_name="+")
    unit = models.CharField(max_length=4, choices=Unit.choices, default=Unit.HOUR)

    class Meta:
        ordering = ("code",)
        constraints = [
            models.CheckConstraint(
                name="rate_card_names_its_scope",
                condition=Q(scope="standard", legal_entity=None, customer=None, contract=None)
                | Q(scope="legal_entity", legal_entity__isnull=False, customer=None, contract=None)
                | Q(scope="customer", legal_entity=None, customer__isnull=False, contract=None)
                | Q(scope="contract", legal_entity=None, customer=None, contract__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Rate(Canonical):
    """One price. `valid` are the work dates it covers; `known` is when the firm held it to be true.

    A change never edits a row: it ends `known` and adds rows, so that a price can always be found
    as it stood when work was invoiced. Dimensions are codes, 'any' matches everything.
    """

    card = models.ForeignKey(RateCard, on_delete=models.PROTECT, related_name="rates")
    role = models.CharField(max_length=30, default=ANY)
    worker = models.CharField(max_length=30, default=ANY, help_text="Worker code.")
    region = models.CharField(max_length=30, default=ANY)
    service_line = models.CharField(max_length=30, default=ANY)
    work_type = models.CharField(max_length=30, default=ANY)
    amount = models.DecimalField(
        max_digits=18, decimal_places=4, help_text="Price of one unit in the card's currency."
    )
    valid = DateRangeField()
    known = DateTimeRangeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=240, blank=True)

    class Meta:
        ordering = ("card", "role", "worker", "region", "service_line", "work_type", "valid")
        constraints = [
            ExclusionConstraint(
                name="rates_never_overlap",
                expressions=[
                    ("card", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("worker", RangeOperators.EQUAL),
                    ("region", RangeOperators.EQUAL),
                    ("service_line", RangeOperators.EQUAL),
                    ("work_type", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                    ("known", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="rate_not_negative"),
            models.CheckConstraint(condition=Q(valid__isempty=False), name="rate_valid_on_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.amount}"
