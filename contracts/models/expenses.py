"""Kinds of expenses, and what the terms of a contract say about billing them."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from contracts.models.contracts import ContractVersion
from core.models import Canonical, Currency

_NOT_NEGATIVE = [MinValueValidator(Decimal(0))]


class ExpenseCategory(Canonical):
    """A kind of expense with the firm's own limits, which are in `currency`.

    With a `unit` (such as km) the expense is a quantity of units at `unit_price` each, else what was paid.
    `ceiling` bounds the net of one expense, or of a worker's day; `receipt_above` is the largest amount paid
    that needs no receipt. What a customer is charged is the business of the contract's rules.
    """

    class Per(models.TextChoices):
        ITEM = "item"
        DAY = "day"

    code = models.CharField(max_length=30, unique=True)
    name = models.CharField(max_length=80)
    currency = models.ForeignKey(Currency, on_delete=models.PROTECT, related_name="+")
    unit = models.CharField(
        max_length=10, blank=True, help_text="Unit with a fixed price, such as km; empty: what was paid."
    )
    unit_price = models.DecimalField(
        max_digits=18, decimal_places=4, null=True, blank=True, validators=_NOT_NEGATIVE
    )
    ceiling = models.DecimalField(
        max_digits=18,
        decimal_places=4,
        null=True,
        blank=True,
        validators=_NOT_NEGATIVE,
        help_text="Net above which a justification is needed.",
    )
    ceiling_per = models.CharField(max_length=4, choices=Per.choices, default=Per.ITEM)
    receipt_above = models.DecimalField(
        max_digits=18,
        decimal_places=4,
        null=True,
        blank=True,
        validators=_NOT_NEGATIVE,
        help_text="Amount paid above which a receipt is needed; empty: never.",
    )
    active = models.BooleanField(default=True, help_text="Whether new expenses may take it.")

    class Meta:
        ordering = ("code",)
        verbose_name_plural = "expense categories"
        constraints = [
            models.CheckConstraint(
                name="category_unit_has_a_price",
                violation_error_message="Give both a unit and its price, or neither.",
                condition=Q(unit="", unit_price__isnull=True) | (~Q(unit="") & Q(unit_price__gt=0)),
            ),
            models.CheckConstraint(
                name="category_limits_not_negative",
                violation_error_message="Prices, ceilings and limits must not be less than 0.",
                condition=(Q(ceiling__isnull=True) | Q(ceiling__gte=0))
                & (Q(receipt_above__isnull=True) | Q(receipt_above__gte=0)),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ExpenseRule(Canonical):
    """What a version says about billing expenses: of one line or all, of one category or all.

    The most specific rule decides: a named line goes before a named category. At cost, with
    `markup_percent`, or at a fixed `unit_price` per unit; what is above `ceiling` is not billable. Amounts
    are in the contract's currency.
    """

    contract_version = models.ForeignKey(
        ContractVersion, on_delete=models.CASCADE, related_name="expense_rules"
    )
    line_key = models.SlugField(max_length=40, blank=True, db_index=False, help_text="Empty: every line.")
    category = models.ForeignKey(
        ExpenseCategory,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: every category.",
    )
    billed = models.BooleanField(default=True)
    markup_percent = models.DecimalField(
        max_digits=7,
        decimal_places=4,
        default=Decimal(0),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
    )
    ceiling = models.DecimalField(
        max_digits=18,
        decimal_places=4,
        null=True,
        blank=True,
        validators=_NOT_NEGATIVE,
        help_text="Most of one expense that is billable.",
    )
    unit_price = models.DecimalField(
        max_digits=18,
        decimal_places=4,
        null=True,
        blank=True,
        validators=_NOT_NEGATIVE,
        help_text="Fixed price of one unit, whatever it cost.",
    )

    class Meta:
        ordering = ("contract_version", "line_key", F("category__code").asc(nulls_first=True))
        constraints = [
            models.UniqueConstraint(
                fields=("contract_version", "line_key", "category"),
                nulls_distinct=False,
                name="one_expense_rule_each",
            ),
            models.CheckConstraint(
                name="expense_markup_is_a_percentage",
                condition=Q(markup_percent__gte=0, markup_percent__lte=100),
            ),
            models.CheckConstraint(
                name="expense_rule_amounts_not_negative",
                condition=(Q(ceiling__isnull=True) | Q(ceiling__gte=0))
                & (Q(unit_price__isnull=True) | Q(unit_price__gte=0)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_key or 'every line'}, {self.category or 'every category'}"
