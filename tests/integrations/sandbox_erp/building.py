"""Valid things to send; a test changes the one field it is about."""

import uuid
from dataclasses import replace
from datetime import date
from decimal import Decimal

from integrations.sandbox_erp.administration import CompanySettings, TaxCode
from integrations.sandbox_erp.client import SandboxErpClient
from integrations.sandbox_erp.records import Customer, Document
from integrations.sandbox_erp.requests import NewCustomer, NewDocument, NewDocumentLine

TAX_CODES = (
    TaxCode("A19", "VAT 19 %", Decimal("19")),
    TaxCode("S20", "VAT 20 %", Decimal("20")),
    TaxCode("A07", "VAT 7 %", Decimal("7")),
    TaxCode("RC0", "Reverse charge", Decimal("0")),
)


def settings(code: str) -> CompanySettings:
    return CompanySettings(
        code=code,
        name=f"Northwind {code} GmbH",
        country="DE",
        currency="EUR",
        number_prefix=f"RE-{code}-",
        first_number=90001,
        tax_codes=TAX_CODES,
        currencies=("EUR", "JPY"),
    )


def a_reference() -> str:
    return str(uuid.uuid4())


def new_customer() -> NewCustomer:
    return NewCustomer(
        external_reference=a_reference(),
        name="Aurora Rail AG",
        country="DE",
        currency="EUR",
        tax_registration="DE136695976",
        address="Hafenstr. 7, 20457 Hamburg",
        payment_terms_days=30,
    )


def a_customer(client: SandboxErpClient) -> Customer:
    return client.create_customer(new_customer())


def a_line(net: str, tax_code: str = "A19", tax: str | None = None) -> NewDocumentLine:
    return NewDocumentLine(
        description="Consulting",
        quantity=Decimal(1),
        unit_price=Decimal(net),
        net=Decimal(net),
        tax_code=tax_code,
        tax=None if tax is None else Decimal(tax),
    )


def new_invoice(company: str, customer: str) -> NewDocument:
    return NewDocument(
        kind="invoice",
        company=company,
        customer=customer,
        external_reference=a_reference(),
        currency="EUR",
        document_date=date(2026, 11, 18),
        lines=(a_line("1000.00"), a_line("200.00", "A07")),
        net=Decimal("1200.00"),
        tax=Decimal("204.00"),
        gross=Decimal("1404.00"),
        purchase_order="PO-4711",
    )


def credit_of(invoice: Document, net: str, tax: str) -> NewDocument:
    """Build a credit note over one line with the tax code of the invoice's first."""
    return replace(
        new_invoice(invoice.company, invoice.customer),
        kind="credit_note",
        credits=invoice.number,
        lines=(a_line(net, invoice.lines[0].tax_code),),
        net=Decimal(net),
        tax=Decimal(tax),
        gross=Decimal(net) + Decimal(tax),
    )


def posted_invoice(client: SandboxErpClient, company: str) -> Document:
    draft = client.create_document(new_invoice(company, a_customer(client).number))
    return client.post_document(draft.number)


def last_cursor(client: SandboxErpClient) -> int:
    """Read the change feed to its end: the same cursor twice means that nothing changed between."""
    page = client.changes(0, limit=1000)
    while page.more:
        page = client.changes(page.next_cursor, limit=1000)
    return page.next_cursor
