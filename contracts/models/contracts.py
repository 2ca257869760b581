"""The agreement: a contract, its dated versions, their lines and payers."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from contracts.models.customers import BillingAccount, Customer
from contracts.models.reference import ServiceLine
from contracts.states import (
    BillingMethod,
    ContractStatus,
    IncrementRounding,
    RetroactivityPolicy,
    VersionStatus,
)
from core.models import Canonical, Currency, LegalEntity


def _ceiling(help_text: str) -> "models.DecimalField[Decimal | None, Decimal | None]":
    return models.DecimalField(
        max_digits=18,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
        help_text=help_text,
    )


def _not_negative(field: str, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=name, condition=Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gte": 0})
    )


class Contract(Canonical):
    """An agreement of one legal entity with one customer in one currency; these freeze at activation."""

    class Kind(models.TextChoices):
        MASTER = "master"
        STATEMENT_OF_WORK = "statement_of_work"

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.STATEMENT_OF_WORK)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="statements"
    )
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="contracts")
    legal_entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT, related_name="+")
    currency = models.ForeignKey(Currency, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=12, choices=ContractStatus.choices, default=ContractStatus.DRAFT)
    retroactivity = models.CharField(
        max_length=12, choices=RetroactivityPolicy.choices, default=RetroactivityPolicy.DELTA
    )

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class ContractVersion(Canonical):
    """The terms as agreed from a date on. In force on a date: the highest approved number that has begun.

    `content_sha256` binds the approval to the terms that were approved; preparer and approver differ.
    """

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    effective_from = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="Last day of the agreed term.")
    status = models.CharField(max_length=12, choices=VersionStatus.choices, default=VersionStatus.DRAFT)
    reason = models.CharField(max_length=240, blank=True)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    content_sha256 = models.CharField(max_length=64, blank=True)
    cap_amount = _ceiling("Most the whole contract bills, net, in its currency.")
    cap_hours = _ceiling("Most hours the whole contract bills.")

    class Meta:
        ordering = ("contract", "number")
        constraints = [
            models.UniqueConstraint(fields=("contract", "number"), name="one_version_per_number"),
            models.CheckConstraint(
                name="version_approval_facts_together",
                condition=Q(
                    status__in=["approved", "superseded"],
                    approved_by__isnull=False,
                    approved_at__isnull=False,
                )
                | Q(
                    status__in=["draft", "submitted", "rejected"],
                    approved_by__isnull=True,
                    approved_at__isnull=True,
                ),
            ),
            models.CheckConstraint(
                name="version_approver_is_not_preparer",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("prepared_by")),
            ),
            _not_negative("cap_amount", "version_cap_amount_not_negative"),
            _not_negative("cap_hours", "version_cap_hours_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} version {self.number}"


class ContractLine(Canonical):
    """One billable subject of a version; `key` names the same line across versions."""

    contract_version = models.ForeignKey(ContractVersion, on_delete=models.CASCADE, related_name="lines")
    key = models.SlugField(max_length=40)
    name = models.CharField(max_length=160)
    service_line = models.ForeignKey(ServiceLine, on_delete=models.PROTECT, related_name="+")
    billing_method = models.CharField(
        max_length=20, choices=BillingMethod.choices, default=BillingMethod.TIME_AND_MATERIALS
    )
    amount = models.DecimalField(
        max_digits=18,
        decimal_places=4,
        null=True,
        blank=True,
        help_text="Fixed fee in the contract's currency: the sum of its milestones or instalments.",
    )
    increment = models.DecimalField(
        max_digits=6,
        decimal_places=4,
        default=Decimal("0.25"),
        validators=[MinValueValidator(Decimal("0.0001"))],
        help_text="Step of the billed hours.",
    )
    increment_rounding = models.CharField(
        max_length=8, choices=IncrementRounding.choices, default=IncrementRounding.NONE
    )
    hours_per_day = models.DecimalField(
        max_digits=5, decimal_places=2, default=Decimal(8), validators=[MinValueValidator(Decimal(1))]
    )
    discount_percent = models.DecimalField(
        max_digits=7,
        decimal_places=4,
        default=Decimal(0),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
    )
    cap_amount = _ceiling("Most the line bills in all, net, in the contract's currency.")
    cap_hours = _ceiling("Most hours the line bills in all.")
    position = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ("contract_version", "position", "key")
        constraints = [
            models.UniqueConstraint(fields=("contract_version", "key"), name="one_line_per_key"),
            models.CheckConstraint(condition=Q(increment__gt=0), name="line_increment_positive"),
            models.CheckConstraint(condition=Q(hours_per_day__gt=0), name="line_day_has_hours"),
            models.CheckConstraint(
                condition=Q(discount_percent__gte=0, discount_percent__lte=100),
                name="line_discount_is_a_percentage",
            ),
            _not_negative("cap_amount", "line_cap_amount_not_negative"),
            _not_negative("cap_hours", "line_cap_hours_not_negative"),
        ]

    def __str__(self) -> str:
        return self.name


class Payer(Canonical):
    """Who pays which share of a version; the rounding payer takes what rounding leaves over."""

    contract_version = models.ForeignKey(ContractVersion, on_delete=models.CASCADE, related_name="payers")
    billing_account = models.ForeignKey(BillingAccount, on_delete=models.PROTECT, related_name="+")
    percent = models.DecimalField(max_digits=7, decimal_places=4, default=Decimal(100))
    takes_rounding = models.BooleanField(default=False)
    purchase_order = models.CharField(max_length=40, blank=True)
    purchase_order_amount = _ceiling("Most the purchase order pays in all, net, in the contract's currency.")

    class Meta:
        ordering = ("contract_version", "billing_account")
        constraints = [
            models.UniqueConstraint(fields=("contract_version", "billing_account"), name="payer_named_once"),
            models.UniqueConstraint(
                fields=("contract_version",), condition=Q(takes_rounding=True), name="one_rounding_payer"
            ),
            models.CheckConstraint(condition=Q(percent__gt=0, percent__lte=100), name="payer_share_in_range"),
            _not_negative("purchase_order_amount", "purchase_order_amount_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.billing_account_id} {self.percent} %"
