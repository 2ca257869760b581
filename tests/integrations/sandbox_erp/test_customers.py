"""Customers through the real server."""

import pytest

from integrations.sandbox_erp.client import SandboxErpClient
from integrations.sandbox_erp.errors import Refused
from integrations.sandbox_erp.records import Customer
from integrations.sandbox_erp.requests import NewCustomer
from tests.integrations.sandbox_erp.building import a_customer, a_reference, last_cursor, new_customer


def test_a_created_customer_comes_back_whole(client: SandboxErpClient) -> None:
    request = new_customer()

    created = client.create_customer(request)

    assert created == Customer(
        number=created.number,
        external_reference=request.external_reference,
        name="Aurora Rail AG",
        tax_registration="DE136695976",
        address="Hafenstr. 7, 20457 Hamburg",
        country="DE",
        email=None,
        currency="EUR",
        payment_terms_days=30,
        blocked=False,
        incomplete=False,
        missing=(),
    )
    assert client.get_customer(created.number) == created
    assert client.find_customer(request.external_reference) == created
    assert created in list(client.list_customers())


def test_what_an_invoice_needs_is_named_as_missing(client: SandboxErpClient) -> None:
    request = NewCustomer(external_reference=a_reference(), name="Birch & Co", country="GB", currency="GBP")

    created = client.create_customer(request)

    assert (created.incomplete, created.missing) == (True, ("tax_registration", "address"))
    mended = client.update_customer(
        created.number, {"tax_registration": "GB980780684", "address": "1 Mill Lane, Leeds"}
    )
    assert (mended.incomplete, mended.missing) == (False, ())
    assert (mended.name, mended.payment_terms_days) == ("Birch & Co", 30)


def test_a_taken_reference_is_refused_and_nothing_changes(client: SandboxErpClient) -> None:
    request = new_customer()
    first = client.create_customer(request)
    other = a_customer(client)
    before = last_cursor(client)

    with pytest.raises(Refused) as refusal:
        client.create_customer(request)
    assert (refusal.value.status, refusal.value.code) == (409, "reference_exists")
    assert refusal.value.message.startswith(f"Customer {first.number} already has")
    with pytest.raises(Refused):
        client.update_customer(other.number, {"external_reference": request.external_reference})

    assert client.get_customer(other.number) == other
    assert last_cursor(client) == before


def test_an_unknown_customer_is_refused_or_not_found(client: SandboxErpClient) -> None:
    assert client.find_customer(a_reference()) is None
    with pytest.raises(Refused) as refusal:
        client.get_customer("C-0")
    assert (refusal.value.status, refusal.value.code) == (404, "customer_unknown")
    with pytest.raises(Refused) as refusal:
        client.update_customer("C-0", {"name": "Nobody"})
    assert (refusal.value.status, refusal.value.code) == (404, "customer_unknown")


def test_a_name_cannot_be_emptied(client: SandboxErpClient) -> None:
    customer = a_customer(client)

    with pytest.raises(Refused) as refusal:
        client.update_customer(customer.number, {"name": " "})

    assert (refusal.value.code, refusal.value.field) == ("request_invalid", "name")
    assert client.get_customer(customer.number) == customer
