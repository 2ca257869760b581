"""Sales documents through the real server."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from integrations.sandbox_erp.administration import SandboxErpAdministration
from integrations.sandbox_erp.client import SandboxErpClient
from integrations.sandbox_erp.errors import Refused
from integrations.sandbox_erp.records import Document, DocumentLine
from tests.integrations.sandbox_erp.building import (
    a_customer,
    a_line,
    a_reference,
    credit_of,
    last_cursor,
    new_invoice,
    posted_invoice,
    settings,
)


def test_a_created_document_comes_back_whole(client: SandboxErpClient, company: str) -> None:
    customer = a_customer(client)
    request = new_invoice(company, customer.number)

    created = client.create_document(request)

    assert created == Document(
        number=f"RE-{company}-90001",
        company=company,
        kind="invoice",
        status="draft",
        customer=customer.number,
        external_reference=request.external_reference,
        purchase_order="PO-4711",
        currency="EUR",
        document_date=date(2026, 11, 18),
        due_date=date(2026, 12, 18),
        credits=None,
        net=Decimal("1200.00"),
        tax=Decimal("204.00"),
        gross=Decimal("1404.00"),
        paid=Decimal("0.00"),
        payment_status="unpaid",
        origin="interface",
        lines=(
            _shown_line("1000.00", "A19", "190.00"),
            _shown_line("200.00", "A07", "14.00"),
        ),
    )
    assert client.get_document(created.number) == created
    assert client.find_documents(str(request.external_reference)) == (created,)


def _shown_line(net: str, tax_code: str, tax: str) -> DocumentLine:
    return DocumentLine("Consulting", Decimal(1), Decimal(net), Decimal(net), tax_code, Decimal(tax))


def test_posting_is_a_second_call_and_harmless_to_repeat(client: SandboxErpClient, company: str) -> None:
    draft = client.create_document(new_invoice(company, a_customer(client).number))

    posted = client.post_document(draft.number)

    assert posted == replace(draft, status="posted")
    before = last_cursor(client)
    assert client.post_document(draft.number) == posted
    assert last_cursor(client) == before


def test_a_company_may_post_at_once(
    client: SandboxErpClient, administration: SandboxErpAdministration, company: str
) -> None:
    administration.put_company(replace(settings(company), auto_post=True))

    created = client.create_document(new_invoice(company, a_customer(client).number))

    assert created.status == "posted"


def test_posting_into_a_period_closed_meanwhile_is_refused(
    client: SandboxErpClient, administration: SandboxErpAdministration, company: str
) -> None:
    draft = client.create_document(new_invoice(company, a_customer(client).number))
    administration.set_period(company, "2026-11", "closed")

    with pytest.raises(Refused) as refusal:
        client.post_document(draft.number)

    assert (refusal.value.code, refusal.value.field) == ("period_closed", "document_date")
    assert client.get_document(draft.number) == draft


def test_a_month_is_listed_whole_page_by_page(client: SandboxErpClient, company: str) -> None:
    customer = a_customer(client).number
    november = [client.create_document(new_invoice(company, customer)) for _ in range(130)]
    december = client.create_document(
        replace(new_invoice(company, customer), document_date=date(2026, 12, 1))
    )

    assert list(client.list_documents(company, "2026-11")) == november
    assert list(client.list_documents(company, "2026-12")) == [december]
    assert list(client.list_documents(company, "2027-01")) == []


def test_numbers_have_no_gap_when_documents_are_refused(client: SandboxErpClient, company: str) -> None:
    customer = a_customer(client).number
    first = client.create_document(new_invoice(company, customer))
    with pytest.raises(Refused):
        client.create_document(replace(new_invoice(company, customer), currency="USD"))
    second = client.create_document(new_invoice(company, customer))

    assert (first.number, second.number) == (f"RE-{company}-90001", f"RE-{company}-90002")


def test_a_credit_note_names_its_invoice_and_never_exceeds_it(client: SandboxErpClient, company: str) -> None:
    invoice = posted_invoice(client, company)
    credit = client.create_document(credit_of(invoice, "1000.00", "190.00"))
    assert (credit.kind, credit.credits, credit.gross) == (
        "credit_note",
        invoice.number,
        Decimal("1190.00"),
    )

    with pytest.raises(Refused) as refusal:
        client.create_document(credit_of(invoice, "180.00", "34.20"))

    assert (refusal.value.code, refusal.value.field) == ("over_credited", "credits")
    assert refusal.value.message == f"Only 214.00 EUR of {invoice.number} is left to credit."
    assert list(client.list_documents(company, "2026-11")) == [invoice, credit]


def test_only_a_posted_invoice_is_credited(client: SandboxErpClient, company: str) -> None:
    draft = client.create_document(new_invoice(company, a_customer(client).number))

    with pytest.raises(Refused) as refusal:
        client.create_document(credit_of(draft, "10.00", "1.90"))

    assert refusal.value.code == "credit_not_possible"
    assert list(client.list_documents(company, "2026-11")) == [draft]


def test_the_last_partial_credit_takes_the_rest_of_the_tax(client: SandboxErpClient, company: str) -> None:
    """Three lines of 93.06 at 20 %: tax on 279.18 is 55.84; credited one by one 18.61, 18.61, 18.62."""
    request = replace(
        new_invoice(company, a_customer(client).number),
        lines=(a_line("93.06", "S20"),) * 3,
        net=Decimal("279.18"),
        tax=Decimal("55.84"),
        gross=Decimal("335.02"),
    )
    invoice = client.post_document(client.create_document(request).number)
    assert [str(line.tax) for line in invoice.lines] == ["18.61", "18.61", "18.62"]

    notes = [client.create_document(credit_of(invoice, "93.06", tax)) for tax in ("18.61", "18.61", "18.62")]

    assert sum(credit.gross for credit in notes) == invoice.gross


def test_yen_have_no_decimals(client: SandboxErpClient, company: str) -> None:
    request = replace(
        new_invoice(company, a_customer(client).number),
        currency="JPY",
        lines=(a_line("15431"),),
        net=Decimal("15431"),
        tax=Decimal("2932"),
        gross=Decimal("18363"),
    )

    created = client.create_document(request)

    assert (str(created.net), str(created.tax), str(created.paid)) == ("15431", "2932", "0")


def test_an_unknown_number_is_refused_by_name(client: SandboxErpClient) -> None:
    for call in (client.get_document, client.post_document):
        with pytest.raises(Refused) as refusal:
            call("RE-0/1?")
        assert (refusal.value.status, refusal.value.code) == (404, "not_served")
        with pytest.raises(Refused) as refusal:
            call("RE-0")
        assert (refusal.value.status, refusal.value.code) == (404, "document_unknown")


def test_a_reference_nobody_sent_finds_nothing(client: SandboxErpClient) -> None:
    assert client.find_documents(a_reference()) == ()
