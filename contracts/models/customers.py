"""Who buys, and who is billed."""

from django.db import models

from core.models import Canonical, Currency


class Customer(Canonical):
    """The buying organisation (sold-to); `parent` makes the hierarchy."""

    class Status(models.TextChoices):
        ACTIVE = "active"
        INACTIVE = "inactive"

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=160)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    currency = models.ForeignKey(Currency, on_delete=models.PROTECT, related_name="+")
    credit_hold = models.BooleanField(default=False)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class BillingAccount(Canonical):
    """The bill-to of a customer: address, tax registration, terms, and how invoices are laid out."""

    class Presentation(models.TextChoices):
        ENTRY = "entry"
        TASK = "task"
        ROLE = "role"
        SUMMARY = "summary"

    code = models.CharField(max_length=20, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="billing_accounts")
    name = models.CharField(max_length=160)
    street = models.CharField(max_length=160, blank=True)
    city = models.CharField(max_length=80, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2)
    region = models.CharField(max_length=10, blank=True)
    tax_registration = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    payment_terms_days = models.PositiveSmallIntegerField(default=30)
    purchase_order_required = models.BooleanField(default=False)
    presentation = models.CharField(max_length=10, choices=Presentation.choices, default=Presentation.ROLE)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"
