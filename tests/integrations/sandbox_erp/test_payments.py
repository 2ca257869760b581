"""Payments and the change feed through the real server."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from integrations.sandbox_erp.administration import SandboxErpAdministration
from integrations.sandbox_erp.client import SandboxErpClient
from integrations.sandbox_erp.errors import Refused
from integrations.sandbox_erp.records import Change, Payment
from tests.integrations.sandbox_erp.building import (
    a_customer,
    last_cursor,
    new_invoice,
    posted_invoice,
)

PAID_ON = date(2026, 11, 20)


def test_a_document_is_unpaid_then_part_paid_then_paid(
    client: SandboxErpClient, administration: SandboxErpAdministration, company: str
) -> None:
    invoice = posted_invoice(client, company)
    assert (invoice.payment_status, str(invoice.paid)) == ("unpaid", "0.00")

    first = administration.register_payment(
        invoice.number, Decimal("1000"), "EUR", paid_on=PAID_ON, reference="Bank 17"
    )
    partly = client.get_document(invoice.number)
    second = administration.register_payment(invoice.number, Decimal("404.00"), "EUR", paid_on=PAID_ON)
    fully = client.get_document(invoice.number)

    assert partly == replace(invoice, paid=Decimal("1000.00"), payment_status="part_paid")
    assert fully == replace(invoice, paid=Decimal("1404.00"), payment_status="paid")
    listed = list(client.list_payments(company=company))
    expected = Payment(
        number=first,
        cursor=listed[0].cursor,
        company=company,
        document=invoice.number,
        customer=invoice.customer,
        currency="EUR",
        amount=Decimal("1000.00"),
        paid_on=PAID_ON,
        reference="Bank 17",
    )
    rest = replace(expected, number=second, cursor=listed[1].cursor, amount=Decimal("404.00"), reference=None)
    assert listed == [expected, rest]
    assert list(client.list_payments(since=listed[0].cursor, company=company)) == listed[1:]
    assert list(client.list_payments(document="other")) == []


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        ("1404.01", "EUR", "amount_not_open"),
        ("0", "EUR", "amount_not_open"),
        ("-1", "EUR", "amount_not_open"),
        ("10", "JPY", "currency_differs"),
    ],
)
def test_an_unfit_payment_is_refused_and_leaves_nothing(
    client: SandboxErpClient,
    administration: SandboxErpAdministration,
    company: str,
    amount: str,
    currency: str,
    code: str,
) -> None:
    invoice = posted_invoice(client, company)

    with pytest.raises(Refused) as refusal:
        administration.register_payment(invoice.number, Decimal(amount), currency, paid_on=PAID_ON)

    assert refusal.value.code == code
    assert client.get_document(invoice.number) == invoice
    assert list(client.list_payments(company=company)) == []


def test_a_draft_takes_no_payment(
    client: SandboxErpClient, administration: SandboxErpAdministration, company: str
) -> None:
    draft = client.create_document(new_invoice(company, a_customer(client).number))

    with pytest.raises(Refused) as refusal:
        administration.register_payment(draft.number, Decimal(1), "EUR", paid_on=PAID_ON)

    assert refusal.value.code == "document_not_posted"


def test_the_change_feed_tells_everything_once_in_order(
    client: SandboxErpClient, administration: SandboxErpAdministration, company: str
) -> None:
    start = last_cursor(client)
    customer = a_customer(client)
    client.update_customer(customer.number, {"email": "ap@aurora.example"})
    number = client.create_document(new_invoice(company, customer.number)).number
    client.post_document(number)
    payment = administration.register_payment(number, Decimal(4), "EUR", paid_on=PAID_ON)

    seen: list[Change] = []
    cursor, more = start, True
    while more:
        page = client.changes(cursor, limit=2)
        seen += page.changes
        cursor, more = page.next_cursor, page.more

    assert seen == [
        Change(start + 1, "customer", customer.number, "created", None),
        Change(start + 2, "customer", customer.number, "changed", None),
        Change(start + 3, "document", number, "created", company),
        Change(start + 4, "document", number, "posted", company),
        Change(start + 5, "payment", payment, "registered", company),
        Change(start + 6, "document", number, "payment_status", company),
    ]
    assert client.changes(cursor).changes == ()
    assert client.changes(cursor).next_cursor == cursor
