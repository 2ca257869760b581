"""Payloads of what happens to customers and billing accounts."""

import uuid
from dataclasses import dataclass

from contracts.events.base import Changed
from core.events import event


@event("customer.created")
@dataclass(frozen=True)
class CustomerCreated:
    """A buying organisation was entered."""

    code: str
    name: str
    currency: str


@event("customer.changed")
@dataclass(frozen=True)
class CustomerChanged(Changed):
    """Fields of a customer changed; history holds the values."""


@event("billing_account.created")
@dataclass(frozen=True)
class BillingAccountCreated:
    """A bill-to of a customer was entered."""

    code: str
    name: str
    customer_id: uuid.UUID


@event("billing_account.changed")
@dataclass(frozen=True)
class BillingAccountChanged:
    """Fields of a bill-to changed; history holds the values."""

    code: str
    customer_id: uuid.UUID
    fields: list[str]
