"""Sales documents in the store: posting, voiding, finding, showing."""

import sqlite3
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from integrations.sandbox_erp.server.amounts import written
from integrations.sandbox_erp.server.changes import note_change
from integrations.sandbox_erp.server.companies import refuse_closed_period
from integrations.sandbox_erp.server.payments import paid_on_document
from integrations.sandbox_erp.server.refusals import Refusal, unknown
from integrations.sandbox_erp.server.store import now, now_in_milliseconds

COLUMNS = (
    "number",
    "company",
    "kind",
    "status",
    "customer",
    "external_reference",
    "purchase_order",
    "currency",
    "document_date",
    "due_date",
    "credits",
    "net",
    "tax",
    "gross",
    "computed_tax",
    "origin",
    "correlation_id",
    "created_at",
    "changed_at",
    "posted_at",
)


def post_document(connection: sqlite3.Connection, number: str) -> None:
    """Post a draft into its period; a posted one stays as it is, a void one or a closed period is refused."""
    row = document_row(connection, number, status=404)
    if row["status"] == "posted":
        return
    if row["status"] == "void":
        raise Refusal("document_void", f"Document {number} is void.", "number")
    refuse_closed_period(connection, row["company"], date.fromisoformat(row["document_date"]))
    _set_status(connection, row, "posted")


def void_document(connection: sqlite3.Connection, number: str) -> None:
    """Void a document that nobody has paid; it keeps its number."""
    row = document_row(connection, number, status=404)
    if paid_on_document(connection, number):
        raise Refusal("document_paid", f"Document {number} has payments.", "number")
    _set_status(connection, row, "void")


def delete_document(connection: sqlite3.Connection, number: str) -> None:
    """Remove a document without a trace but the change feed's, as a careless hand would."""
    row = document_row(connection, number, status=404)
    try:
        connection.execute("DELETE FROM documents WHERE number = ?", [number])
    except sqlite3.IntegrityError:
        raise Refusal("document_in_use", f"Document {number} has payments or credits.", "number") from None
    note_change(connection, "document", number, "deleted", row["company"])


def document_row(connection: sqlite3.Connection, number: str, *, status: int = 422) -> sqlite3.Row:
    """Return the stored document or refuse with document_unknown."""
    row: sqlite3.Row | None = connection.execute(
        "SELECT * FROM documents WHERE number = ?", [number]
    ).fetchone()
    if row is None:
        raise unknown("document", number, "number", status=status)
    return row


def document_as_json(connection: sqlite3.Connection, row: sqlite3.Row) -> dict[str, object]:
    """Show a document with its lines, what is paid and the payment status (unpaid, part_paid, paid)."""
    lines = connection.execute(
        "SELECT position, description, quantity, unit_price, net, tax_code, tax FROM document_lines "
        "WHERE document = ? ORDER BY position",
        [row["id"]],
    )
    paid, gross = paid_on_document(connection, row["number"]), Decimal(row["gross"])
    payment_status = "unpaid" if not paid else "paid" if paid == gross else "part_paid"
    return {
        **{name: row[name] for name in COLUMNS},
        "paid": written(paid, row["currency"]),
        "payment_status": payment_status,
        "lines": [dict(line) for line in lines],
    }


def find_documents(
    connection: sqlite3.Connection, filters: Mapping[str, str], after: int, limit: int
) -> list[sqlite3.Row]:
    """List documents by reference, company, period and status, in order of creation.

    The search index for external references lags behind by the company's search delay.
    """
    conditions = ["documents.id > ?"]
    values: list[str | int] = [after]
    if "external_reference" in filters:
        conditions.append("external_reference = ? AND created_ms + search_delay_ms <= ?")
        values += [filters["external_reference"], now_in_milliseconds()]
    for name, condition in (
        ("company", "company = ?"),
        ("period", "substr(document_date, 1, 7) = ?"),
        ("status", "status = ?"),
        ("customer", "customer = ?"),
    ):
        if name in filters:
            conditions.append(condition)
            values.append(filters[name])
    return connection.execute(
        "SELECT documents.* FROM documents JOIN companies ON companies.code = documents.company "
        f"WHERE {' AND '.join(conditions)} ORDER BY documents.id LIMIT ?",
        [*values, limit],
    ).fetchall()


def _set_status(connection: sqlite3.Connection, row: sqlite3.Row, status: str) -> None:
    moment = now()
    connection.execute(
        "UPDATE documents SET status = ?, changed_at = ?, posted_at = coalesce(?, posted_at) WHERE id = ?",
        [status, moment, moment if status == "posted" else None, row["id"]],
    )
    note_change(connection, "document", row["number"], status, row["company"])
