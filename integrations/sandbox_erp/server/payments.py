"""Payments received against posted documents."""

import sqlite3
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from integrations.sandbox_erp.server.amounts import written
from integrations.sandbox_erp.server.changes import note_change
from integrations.sandbox_erp.server.refusals import Refusal
from integrations.sandbox_erp.server.store import now, take_number


@dataclass(frozen=True)
class Receipt:
    """Money received for one document, in that document's currency."""

    amount: Decimal
    currency: str
    paid_on: date
    reference: str | None


def register_payment(connection: sqlite3.Connection, document: sqlite3.Row, receipt: Receipt) -> str:
    """Book a payment and return its number; refuses drafts, other currencies and more than is open."""
    number = str(document["number"])
    if document["status"] != "posted":
        raise Refusal("document_not_posted", f"Document {number} is not posted.", "document")
    if receipt.currency != document["currency"]:
        sentence = f"Document {number} is in {document['currency']}, not in {receipt.currency}."
        raise Refusal("currency_differs", sentence, "currency")
    still_open = Decimal(document["gross"]) - paid_on_document(connection, number)
    if not 0 < receipt.amount <= still_open:
        sentence = f"Document {number} has {still_open} {document['currency']} open."
        raise Refusal("amount_not_open", sentence, "amount")
    payment = take_number(connection, "payments")
    cursor = note_change(connection, "payment", payment, "registered", document["company"])
    connection.execute(
        "INSERT INTO payments VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            payment,
            cursor,
            document["company"],
            number,
            document["customer"],
            receipt.currency,
            written(receipt.amount, receipt.currency),
            receipt.paid_on.isoformat(),
            receipt.reference,
        ],
    )
    connection.execute("UPDATE documents SET changed_at = ? WHERE number = ?", [now(), number])
    note_change(connection, "document", number, "payment_status", document["company"])
    return payment


def paid_on_document(connection: sqlite3.Connection, number: str) -> Decimal:
    rows = connection.execute("SELECT amount FROM payments WHERE document = ?", [number])
    return sum((Decimal(row["amount"]) for row in rows), Decimal(0))


def payments_since(
    connection: sqlite3.Connection, since: int, limit: int, *, company: str | None, document: str | None
) -> list[dict[str, object]]:
    """List payments registered after the cursor of the change feed, oldest first."""
    rows = connection.execute(
        "SELECT * FROM payments WHERE cursor > ? AND (? IS NULL OR company = ?) "
        "AND (? IS NULL OR document = ?) ORDER BY cursor LIMIT ?",
        [since, company, company, document, document, limit],
    )
    return [dict(row) for row in rows]
