"""Customers: one register for all companies, external reference unique."""

import sqlite3
from dataclasses import dataclass

from integrations.sandbox_erp.server.changes import note_change
from integrations.sandbox_erp.server.refusals import Refusal, unknown
from integrations.sandbox_erp.server.store import now, take_number

FIELDS = (
    "external_reference",
    "name",
    "tax_registration",
    "address",
    "country",
    "email",
    "currency",
    "payment_terms_days",
    "blocked",
)
NEEDED_TO_INVOICE = ("tax_registration", "address")


@dataclass(frozen=True)
class Customer:
    number: str
    external_reference: str | None
    name: str
    tax_registration: str | None
    address: str | None
    country: str
    email: str | None
    currency: str
    payment_terms_days: int
    blocked: bool
    created_at: str
    changed_at: str

    @property
    def missing(self) -> list[str]:
        """Name the fields without which the customer cannot be invoiced."""
        return [name for name in NEEDED_TO_INVOICE if not getattr(self, name)]

    def as_json(self) -> dict[str, object]:
        return {**self.__dict__, "incomplete": bool(self.missing), "missing": self.missing}


def add_customer(connection: sqlite3.Connection, values: dict[str, object]) -> Customer:
    """Create a customer; refuses an external reference that another one has (reference_exists, 409)."""
    number = take_number(connection, "customers")
    moment = now()
    _refuse_taken_reference(connection, values.get("external_reference"), number)
    connection.execute(
        f"INSERT INTO customers (number, {', '.join(FIELDS)}, created_at, changed_at) "
        f"VALUES (?, {', '.join('?' for _ in FIELDS)}, ?, ?)",
        [number, *(values[name] for name in FIELDS), moment, moment],
    )
    note_change(connection, "customer", number, "created")
    return known_customer(connection, number)


def change_customer(connection: sqlite3.Connection, number: str, values: dict[str, object]) -> Customer:
    """Change the given fields only."""
    known_customer(connection, number, status=404)
    _refuse_taken_reference(connection, values.get("external_reference"), number)
    if values:
        assignments = ", ".join(f"{name} = ?" for name in values)
        connection.execute(
            f"UPDATE customers SET {assignments}, changed_at = ? WHERE number = ?",
            [*values.values(), now(), number],
        )
        note_change(connection, "customer", number, "changed")
    return known_customer(connection, number)


def known_customer(connection: sqlite3.Connection, number: str, *, status: int = 422) -> Customer:
    """Return the customer or refuse with customer_unknown."""
    row = connection.execute("SELECT * FROM customers WHERE number = ?", [number]).fetchone()
    if row is None:
        raise unknown("customer", number, "customer", status=status)
    return _customer(row)


def customers_with_reference(connection: sqlite3.Connection, external_reference: str) -> list[Customer]:
    rows = connection.execute("SELECT * FROM customers WHERE external_reference = ?", [external_reference])
    return [_customer(row) for row in rows]


def customers_registered_as(connection: sqlite3.Connection, registration: str) -> list[Customer]:
    rows = connection.execute(
        "SELECT * FROM customers WHERE tax_registration = ? ORDER BY number", [registration]
    )
    return [_customer(row) for row in rows]


def customers_after(connection: sqlite3.Connection, cursor: str, limit: int) -> list[Customer]:
    rows = connection.execute(
        "SELECT * FROM customers WHERE number > ? ORDER BY number LIMIT ?", [cursor, limit]
    )
    return [_customer(row) for row in rows]


def _refuse_taken_reference(connection: sqlite3.Connection, reference: object, number: str) -> None:
    row = connection.execute(
        "SELECT number FROM customers WHERE external_reference = ? AND number <> ?", [reference, number]
    ).fetchone()
    if row:
        sentence = f"Customer {row['number']} already has the external reference {reference}."
        raise Refusal("reference_exists", sentence, "external_reference", status=409)


def _customer(row: sqlite3.Row) -> Customer:
    values = dict(row)
    values["blocked"] = bool(values["blocked"])
    return Customer(**values)
