"""Enter and change customers and their billing accounts."""

import uuid
from typing import TypedDict, Unpack

from contracts.actions.entering import check_account, enter_billing_account, enter_customer
from contracts.events import BillingAccountChanged, CustomerChanged
from contracts.models import BillingAccount, Customer
from core.actors import Actor
from core.errors import Invalid
from core.events import record
from core.permissions import require
from core.rows import locked, save_changes
from core.verbs import verb


class CustomerFields(TypedDict, total=False):
    """What may be said about a customer."""

    name: str
    parent_id: uuid.UUID | None
    status: str
    currency_id: str
    credit_hold: bool


class BillingAccountFields(TypedDict, total=False):
    """What may be said about a billing account."""

    name: str
    street: str
    city: str
    postal_code: str
    country: str
    region: str
    tax_registration: str
    email: str
    payment_terms_days: int
    purchase_order_required: bool
    presentation: str


class CircularHierarchy(Invalid):
    """A customer cannot stand above itself."""

    code = "circular_hierarchy"


@verb
def create_customer(
    *, actor: Actor, code: str = "", reason: str = "", **fields: Unpack[CustomerFields]
) -> Customer:
    """Enter a customer under the given code or the next free one; records customer.created."""
    require(actor, "customer.edit")
    return enter_customer(code, fields)


@verb
def change_customer(
    customer_id: uuid.UUID,
    *,
    actor: Actor,
    expected_version: int | None = None,
    reason: str = "",
    **changes: Unpack[CustomerFields],
) -> Customer:
    """Change the given fields; records customer.changed with their names, or nothing where all agree.

    Refuses a hierarchy that leads back to the customer, and a version other than the one expected.
    """
    require(actor, "customer.edit")
    customer = locked(Customer, customer_id, expected_version=expected_version)
    if changes.get("parent_id"):
        _check_hierarchy(customer, changes["parent_id"])
    if changed := save_changes(customer, changes):
        record(customer, CustomerChanged(customer.code, changed))
    return customer


@verb
def create_billing_account(
    customer_id: uuid.UUID,
    *,
    actor: Actor,
    code: str = "",
    reason: str = "",
    **fields: Unpack[BillingAccountFields],
) -> BillingAccount:
    """Enter a bill-to of the customer; records billing_account.created.

    Refuses an unknown country and a tax registration that is not of the country's type.
    """
    require(actor, "customer.edit")
    customer = locked(Customer, customer_id)
    return enter_billing_account(customer, code, fields)


@verb
def change_billing_account(
    account_id: uuid.UUID,
    *,
    actor: Actor,
    expected_version: int | None = None,
    reason: str = "",
    **changes: Unpack[BillingAccountFields],
) -> BillingAccount:
    """Change the given fields; records billing_account.changed with their names, or nothing."""
    require(actor, "customer.edit")
    account = locked(BillingAccount, account_id, expected_version=expected_version)
    if changed := save_changes(account, changes, check=check_account):
        record(account, BillingAccountChanged(account.code, account.customer_id, changed))
    return account


def _check_hierarchy(customer: Customer, parent_id: uuid.UUID | None) -> None:
    above = parent_id
    while above is not None:
        if above == customer.pk:
            raise CircularHierarchy(f"{customer.name} would stand above itself.", field="parent")
        above = Customer.objects.filter(pk=above).values_list("parent_id", flat=True).first()
