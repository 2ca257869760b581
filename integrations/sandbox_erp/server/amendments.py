"""What a hand in the ERP does to a document afterwards: the source of reconciliation breaks."""

import sqlite3
from decimal import Decimal

from integrations.sandbox_erp.server.amounts import written
from integrations.sandbox_erp.server.changes import note_change
from integrations.sandbox_erp.server.companies import tax_codes_of
from integrations.sandbox_erp.server.customers import known_customer
from integrations.sandbox_erp.server.drafts import DraftLine
from integrations.sandbox_erp.server.refusals import unknown
from integrations.sandbox_erp.server.rules import computed_totals
from integrations.sandbox_erp.server.store import now


def amend_header(connection: sqlite3.Connection, document: sqlite3.Row, values: dict[str, str]) -> None:
    """Overwrite header fields (document_date, customer, currency, purchase_order, external_reference)."""
    if "customer" in values:
        known_customer(connection, values["customer"])
    assignments = "".join(f"{name} = ?, " for name in values)
    connection.execute(
        f"UPDATE documents SET {assignments}changed_at = ? WHERE id = ?",
        [*values.values(), now(), document["id"]],
    )
    note_change(connection, "document", document["number"], "changed", document["company"])


def amend_line(connection: sqlite3.Connection, document: sqlite3.Row, position: int, net: Decimal) -> None:
    """Give one line another net amount; tax and totals of the document are computed anew."""
    tax_codes, currency = tax_codes_of(connection, document["company"]), document["currency"]
    lines = tuple(
        DraftLine(
            description=row["description"],
            quantity=Decimal(row["quantity"]),
            unit_price=Decimal(row["unit_price"]),
            net=net if row["position"] == position else Decimal(row["net"]),
            tax_code=row["tax_code"],
            tax=None,
        )
        for row in connection.execute(
            "SELECT * FROM document_lines WHERE document = ? ORDER BY position", [document["id"]]
        )
    )
    if not 1 <= position <= len(lines):
        raise unknown("line", str(position), "line")
    booked = computed_totals(lines, currency, tax_codes)
    connection.executemany(
        "UPDATE document_lines SET net = ?, tax = ? WHERE document = ? AND position = ?",
        [
            (written(line.net, currency), written(tax, currency), document["id"], number)
            for number, (line, tax) in enumerate(zip(lines, booked.line_taxes, strict=True), 1)
        ],
    )
    amounts = (booked.net, booked.tax, booked.gross, booked.computed_tax)
    connection.execute(
        "UPDATE documents SET net = ?, tax = ?, gross = ?, computed_tax = ? WHERE id = ?",
        [*(written(amount, currency) for amount in amounts), document["id"]],
    )
