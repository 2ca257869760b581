"""Canonical documents and parties ↔ the sandbox ERP's. Pure: no HTTP, no database."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from core.money import round_quantity
from integrations.adapters import Party, Rejected, TheirDocument, TheirPayment
from integrations.sandbox_erp.records import Customer, Document, Payment
from integrations.sandbox_erp.requests import (
    CustomerChanges,
    DocumentKind,
    NewCustomer,
    NewDocument,
    NewDocumentLine,
)

KINDS: dict[str, DocumentKind] = {"invoice": "invoice", "credit_note": "credit_note"}


def document_to_create(payload: Mapping[str, Any], operation_id: uuid.UUID, customer: str) -> NewDocument:
    """Turn a canonical document into a request; the ERP wants a credit note's amounts positive."""
    sign = _sign(str(payload["kind"]))
    return NewDocument(
        kind=KINDS[str(payload["kind"])],
        company=str(payload["company"]),
        customer=customer,
        external_reference=str(operation_id),
        currency=str(payload["currency"]),
        document_date=date.fromisoformat(str(payload["document_date"])),
        lines=tuple(_line_to_create(line, sign) for line in payload["lines"]),
        net=sign * Decimal(str(payload["net"])),
        tax=sign * Decimal(str(payload["tax"])),
        gross=sign * Decimal(str(payload["gross"])),
        purchase_order=str(payload.get("purchase_order") or "") or None,
        credits=str(payload.get("credits") or "") or None,
    )


def _line_to_create(line: Mapping[str, Any], sign: int) -> NewDocumentLine:
    quantity, net = sign * Decimal(str(line["quantity"])), sign * Decimal(str(line["net"]))
    given = line.get("unit_price")
    # Lines that gather several prices have no unit price of their own; the ERP wants one to show.
    unit_price = (
        Decimal(str(given)) if given is not None else round_quantity(net / quantity if quantity else net)
    )
    return NewDocumentLine(
        description=str(line["description"]),
        quantity=quantity,
        unit_price=unit_price,
        net=net,
        tax_code=str(line["tax_code"]),
    )


def customer_to_create(party: Party) -> NewCustomer:
    """Turn a bill-to into a customer of the ERP, found again by our code for it."""
    return NewCustomer(
        external_reference=party.reference,
        name=party.name,
        country=party.country,
        currency=party.currency,
        tax_registration=party.tax_registration or None,
        address=party.address or None,
        email=party.email or None,
        payment_terms_days=party.payment_terms_days,
    )


def gaps_to_fill(customer: Customer, party: Party) -> CustomerChanges:
    """Return what the ERP lacks and we know. What it already holds stays: the ERP owns these fields."""
    changes: CustomerChanges = {}
    if not customer.external_reference:
        changes["external_reference"] = party.reference
    if not customer.tax_registration and party.tax_registration:
        changes["tax_registration"] = party.tax_registration
    if not customer.address and party.address:
        changes["address"] = party.address
    if not customer.email and party.email:
        changes["email"] = party.email
    return changes


def refuse_unfit_customer(customer: Customer) -> None:
    """Refuse a customer the ERP would not invoice, in the words it would use."""
    if customer.blocked:
        raise Rejected(
            "customer_blocked", f"Customer {customer.number} is blocked for invoicing.", "customer"
        )
    for name in customer.missing:
        words = name.replace("_", " ")
        sentence = f"Customer {customer.number} ({customer.name}) has no {words}."
        raise Rejected("customer_incomplete", sentence, f"customer.{name}")


def ambiguous_customer(party: Party, found: Sequence[Customer]) -> Rejected:
    """Return the refusal where several customers carry the bill-to's tax registration."""
    numbers = ", ".join(customer.number for customer in found)
    sentence = f"{party.tax_registration} belongs to {numbers}: give {party.reference} to one of them there."
    return Rejected("customer_ambiguous", sentence, "customer.tax_registration")


def their_document(document: Document, customer_name: str = "") -> TheirDocument:
    """Read a document of the ERP; amounts of a credit note turn negative."""
    sign = _sign(document.kind)
    return TheirDocument(
        number=document.number,
        company=document.company,
        kind=document.kind,
        state=document.status,
        customer=document.customer,
        reference=document.external_reference or "",
        purchase_order=document.purchase_order or "",
        document_date=document.document_date,
        currency=document.currency,
        net=sign * document.net,
        tax=sign * document.tax,
        gross=sign * document.gross,
        lines=_lines(document, sign),
        customer_name=customer_name,
    )


def _lines(document: Document, sign: int) -> Sequence[Mapping[str, str]]:
    return tuple(
        {
            "description": line.description,
            "quantity": f"{sign * line.quantity:f}",
            "unit_price": f"{line.unit_price:f}",
            "net": f"{sign * line.net:f}",
            "tax_code": line.tax_code,
            "tax": f"{sign * line.tax:f}",
        }
        for line in document.lines
    )


def their_payment(payment: Payment) -> TheirPayment:
    """Read a payment of the ERP."""
    return TheirPayment(payment.number, payment.document, payment.amount, payment.currency, payment.paid_on)


def _sign(kind: str) -> int:
    return -1 if kind == "credit_note" else 1
