"""What hands inside the ERP do: the breaks a reconciliation must find."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from integrations.sandbox_erp.administration import SandboxErpAdministration
from integrations.sandbox_erp.client import SandboxErpClient
from integrations.sandbox_erp.errors import Refused
from integrations.sandbox_erp.records import Document
from tests.integrations.sandbox_erp.building import (
    a_customer,
    credit_of,
    new_invoice,
    posted_invoice,
    settings,
)


def test_a_manual_document_is_missing_on_our_side(
    client: SandboxErpClient, administration: SandboxErpAdministration, company: str
) -> None:
    request = replace(new_invoice(company, a_customer(client).number), external_reference=None)

    raised = administration.raise_document(request, post=True)

    assert (raised.origin, raised.status, raised.external_reference) == ("manual", "posted", None)
    assert list(client.list_documents(company, "2026-11")) == [raised]


def test_an_amended_line_changes_net_tax_and_gross(
    client: SandboxErpClient, administration: SandboxErpAdministration, company: str
) -> None:
    invoice = posted_invoice(client, company)

    amended = administration.amend_document(invoice.number, {}, line=2, net=Decimal("150.00"))

    first, second = invoice.lines
    assert amended == replace(
        invoice,
        net=Decimal("1150.00"),
        tax=Decimal("200.50"),
        gross=Decimal("1350.50"),
        lines=(first, replace(second, net=Decimal("150.00"), tax=Decimal("10.50"))),
    )
    assert client.get_document(invoice.number) == amended


def test_date_party_currency_and_reference_can_be_overwritten(
    client: SandboxErpClient, administration: SandboxErpAdministration, company: str
) -> None:
    invoice = posted_invoice(client, company)
    other = a_customer(client).number

    amended = administration.amend_document(
        invoice.number,
        {
            "document_date": "2026-12-02",
            "customer": other,
            "currency": "JPY",
            "purchase_order": "PO-2",
            "external_reference": "typed by hand",
        },
    )

    assert (amended.document_date, amended.customer, amended.currency) == (date(2026, 12, 2), other, "JPY")
    assert (amended.purchase_order, amended.external_reference) == ("PO-2", "typed by hand")
    assert list(client.list_documents(company, "2026-11")) == []


@pytest.mark.parametrize(
    ("header", "line", "code"),
    [({"customer": "C-0"}, 1, "customer_unknown"), ({}, 3, "line_unknown")],
)
def test_an_unfit_amendment_is_refused_and_changes_nothing(
    client: SandboxErpClient,
    administration: SandboxErpAdministration,
    company: str,
    header: dict[str, str],
    line: int,
    code: str,
) -> None:
    invoice = posted_invoice(client, company)

    with pytest.raises(Refused) as refusal:
        administration.amend_document(invoice.number, header, line=line, net=Decimal("1.00"))

    assert refusal.value.code == code
    assert client.get_document(invoice.number) == invoice


def test_a_void_document_keeps_its_number(
    client: SandboxErpClient, administration: SandboxErpAdministration, company: str
) -> None:
    invoice = posted_invoice(client, company)

    void = administration.void_document(invoice.number)

    assert void == replace(invoice, status="void")
    with pytest.raises(Refused) as refusal:
        client.post_document(invoice.number)
    assert refusal.value.code == "document_void"


def test_a_deleted_document_is_gone_and_its_number_not_used_again(
    client: SandboxErpClient, administration: SandboxErpAdministration, company: str
) -> None:
    invoice = posted_invoice(client, company)

    administration.delete_document(invoice.number)

    assert client.find_documents(str(invoice.external_reference)) == ()
    assert posted_invoice(client, company).number == f"RE-{company}-90002"


def test_a_paid_or_credited_document_is_neither_voided_nor_deleted(
    client: SandboxErpClient, administration: SandboxErpAdministration, company: str
) -> None:
    paid, credited = posted_invoice(client, company), posted_invoice(client, company)
    administration.register_payment(paid.number, Decimal(4), "EUR", paid_on=date(2026, 11, 20))
    client.create_document(credit_of(credited, "10.00", "1.90"))

    assert _refusal_of_delete(administration, paid) == "document_in_use"
    assert _refusal_of_delete(administration, credited) == "document_in_use"
    with pytest.raises(Refused) as refusal:
        administration.void_document(paid.number)
    assert refusal.value.code == "document_paid"
    assert client.get_document(paid.number).status == "posted"


def _refusal_of_delete(administration: SandboxErpAdministration, document: Document) -> str:
    with pytest.raises(Refused) as refusal:
        administration.delete_document(document.number)
    return refusal.value.code


def test_a_prefix_belongs_to_one_company(administration: SandboxErpAdministration, company: str) -> None:
    other = replace(settings("ZZ01"), number_prefix=settings(company).number_prefix)

    with pytest.raises(Refused) as refusal:
        administration.put_company(other)

    assert (refusal.value.code, refusal.value.field) == ("prefix_taken", "number_prefix")


def test_a_period_is_a_month(administration: SandboxErpAdministration, company: str) -> None:
    with pytest.raises(Refused) as refusal:
        administration.set_period(company, "2026-13", "closed")

    assert (refusal.value.code, refusal.value.field) == ("request_invalid", "period")
