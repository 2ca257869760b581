"""Steps that enter a customer and a billing account; verbs stand over them."""

from collections.abc import Mapping

from contracts.events import BillingAccountCreated, CustomerCreated
from contracts.models import BillingAccount, Customer
from contracts.policies import check_country, check_tax_registration
from core.events import record
from core.rows import check_fields, code_for


def enter_customer(code: str, fields: Mapping[str, object]) -> Customer:
    """Insert a customer under the given code or the next free one; records customer.created."""
    customer = Customer(
        code=code_for(Customer, code, prefix="CU", sequence="contracts_customer_number"), **fields
    )
    check_fields(customer)
    customer.save(force_insert=True)
    record(customer, CustomerCreated(customer.code, customer.name, customer.currency_id))
    return customer


def enter_billing_account(customer: Customer, code: str, fields: Mapping[str, object]) -> BillingAccount:
    """Insert a bill-to of a locked customer; records billing_account.created."""
    account = BillingAccount(
        customer=customer,
        code=code_for(BillingAccount, code, prefix="BA", sequence="contracts_billing_account_number"),
        **fields,
    )
    check_account(account)
    check_fields(account)
    account.save(force_insert=True)
    record(account, BillingAccountCreated(account.code, account.name, customer.pk))
    return account


def check_account(account: BillingAccount) -> None:
    """Refuse an unknown country and a tax registration that is not of the country's type."""
    check_country(account.country)
    check_tax_registration(account.tax_registration, account.country)
