"""A sales document as the caller asks for it, before the ERP has judged it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from integrations.sandbox_erp.server.body import Body
from integrations.sandbox_erp.server.refusals import invalid

INVOICE = "invoice"
CREDIT_NOTE = "credit_note"
KINDS = (INVOICE, CREDIT_NOTE)


@dataclass(frozen=True)
class DraftLine:
    """One line; net is what counts, quantity and unit price inform. Amounts in the document's currency."""

    description: str
    quantity: Decimal
    unit_price: Decimal
    net: Decimal
    tax_code: str
    tax: Decimal | None


@dataclass(frozen=True)
class Draft:
    """One document; credit notes carry positive amounts."""

    kind: str
    company: str
    customer: str
    external_reference: str | None
    purchase_order: str | None
    currency: str
    document_date: date
    credits: str | None
    lines: tuple[DraftLine, ...]
    net: Decimal
    tax: Decimal
    gross: Decimal


def read_draft(body: Body) -> Draft:
    """Read a document request; refuses a missing or mistyped field by name, and tax on some lines only."""
    lines = tuple(_read_line(line) for line in body.children("lines"))
    if len({line.tax is None for line in lines}) > 1:
        raise invalid("Give the tax on every line or on none.", "lines")
    kind = body.choice("kind", KINDS)
    credited = body.optional_text("credits")
    if credited and kind == INVOICE:
        raise invalid("Only a credit note credits another document.", "credits")
    return Draft(
        kind=kind,
        company=body.text("company"),
        customer=body.text("customer"),
        external_reference=body.optional_text("external_reference"),
        purchase_order=body.optional_text("purchase_order"),
        currency=body.text("currency"),
        document_date=body.day("document_date"),
        credits=credited,
        lines=lines,
        net=body.amount("net"),
        tax=body.amount("tax"),
        gross=body.amount("gross"),
    )


def _read_line(body: Body) -> DraftLine:
    return DraftLine(
        description=body.text("description"),
        quantity=body.amount("quantity"),
        unit_price=body.amount("unit_price"),
        net=body.amount("net"),
        tax_code=body.text("tax_code"),
        tax=body.optional_amount("tax"),
    )
