"""Booking a new sales document: every check the ERP makes, then the rows."""

import sqlite3
from datetime import timedelta
from decimal import Decimal

from integrations.sandbox_erp.server.amounts import written
from integrations.sandbox_erp.server.changes import note_change
from integrations.sandbox_erp.server.companies import (
    Company,
    ReferenceMode,
    known_company,
    refuse_closed_period,
    tax_codes_of,
)
from integrations.sandbox_erp.server.customers import Customer, known_customer
from integrations.sandbox_erp.server.documents import document_row, post_document
from integrations.sandbox_erp.server.drafts import Draft
from integrations.sandbox_erp.server.refusals import Refusal
from integrations.sandbox_erp.server.rules import (
    Totals,
    accepted_totals,
    refuse_unfit_content,
    refuse_unfit_customer,
)
from integrations.sandbox_erp.server.store import now, now_in_milliseconds, take_number


def book_document(
    connection: sqlite3.Connection, draft: Draft, *, origin: str, correlation_id: str | None
) -> str:
    """Create a draft document and return its number; refuses what the company does not take.

    A company that posts automatically gets it posted at once.
    """
    company = known_company(connection, draft.company)
    _refuse_taken_reference(connection, company, draft.external_reference)
    customer = known_customer(connection, draft.customer)
    refuse_unfit_customer(customer)
    tax_codes = tax_codes_of(connection, company.code)
    refuse_unfit_content(draft, company, tax_codes)
    refuse_closed_period(connection, company.code, draft.document_date)
    booked = accepted_totals(draft, tax_codes)
    _refuse_unfit_credit(connection, draft, booked.gross)
    number = take_number(connection, company.code)
    _insert(connection, number, draft, booked, company, customer, origin, correlation_id)
    note_change(connection, "document", number, "created", company.code)
    if company.auto_post:
        post_document(connection, number)
    return number


def _insert(
    connection: sqlite3.Connection,
    number: str,
    draft: Draft,
    booked: Totals,
    company: Company,
    customer: Customer,
    origin: str,
    correlation_id: str | None,
) -> None:
    mode, reference = company.reference_mode, draft.external_reference
    moment = now()
    values: dict[str, object] = {
        "number": number,
        "company": company.code,
        "kind": draft.kind,
        "status": "draft",
        "customer": customer.number,
        "external_reference": None if mode is ReferenceMode.NONE else reference,
        "unique_reference": reference if mode is ReferenceMode.UNIQUE else None,
        "purchase_order": draft.purchase_order,
        "currency": draft.currency,
        "document_date": draft.document_date.isoformat(),
        "due_date": (draft.document_date + timedelta(days=customer.payment_terms_days)).isoformat(),
        "credits": draft.credits,
        "net": written(booked.net, draft.currency),
        "tax": written(booked.tax, draft.currency),
        "gross": written(booked.gross, draft.currency),
        "computed_tax": written(booked.computed_tax, draft.currency),
        "origin": origin,
        "correlation_id": correlation_id,
        "created_ms": now_in_milliseconds(),
        "created_at": moment,
        "changed_at": moment,
    }
    inserted = connection.execute(
        f"INSERT INTO documents ({', '.join(values)}) VALUES ({', '.join('?' for _ in values)})",
        [*values.values()],
    )
    _insert_lines(connection, inserted.lastrowid, draft, booked)


def _insert_lines(connection: sqlite3.Connection, document: int | None, draft: Draft, booked: Totals) -> None:
    connection.executemany(
        "INSERT INTO document_lines VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                document,
                position,
                line.description,
                str(line.quantity),
                str(line.unit_price),
                written(line.net, draft.currency),
                line.tax_code,
                written(tax, draft.currency),
            )
            for position, (line, tax) in enumerate(zip(draft.lines, booked.line_taxes, strict=True), 1)
        ],
    )


def _refuse_taken_reference(
    connection: sqlite3.Connection, company: Company, external_reference: str | None
) -> None:
    if company.reference_mode is not ReferenceMode.UNIQUE:
        return
    row = connection.execute(
        "SELECT number FROM documents WHERE company = ? AND external_reference = ?",
        [company.code, external_reference],
    ).fetchone()
    if row:
        sentence = f"Document {row['number']} already has the external reference {external_reference}."
        raise Refusal("reference_exists", sentence, "external_reference", status=409)


def _refuse_unfit_credit(connection: sqlite3.Connection, draft: Draft, gross: Decimal) -> None:
    """Refuse a credit of anything but a posted invoice of the same customer, or above what is left of it."""
    if draft.credits is None:
        return
    original = document_row(connection, draft.credits)
    same = all(original[name] == getattr(draft, name) for name in ("company", "customer", "currency"))
    if not same or original["kind"] != "invoice" or original["status"] != "posted":
        sentence = f"{draft.credits} is not a posted invoice of this company, customer and currency."
        raise Refusal("credit_not_possible", sentence, "credits")
    rows = connection.execute(
        "SELECT gross FROM documents WHERE credits = ? AND status <> 'void'", [draft.credits]
    )
    left = Decimal(original["gross"]) - sum(Decimal(row["gross"]) for row in rows)
    if gross > left:
        sentence = f"Only {left} {draft.currency} of {draft.credits} is left to credit."
        raise Refusal("over_credited", sentence, "credits")
