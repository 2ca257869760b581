"""Companies (legal entities), their tax codes and accounting periods."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from integrations.sandbox_erp.server.refusals import Refusal, unknown


class ReferenceMode(StrEnum):
    """What the company's ERP does with the external reference of a new document."""

    IDEMPOTENCY_KEY = "idempotency_key"  # class A: honours Idempotency-Key; the reference is searchable
    UNIQUE = "unique"  # class B: a second document with the reference is refused
    SEARCHABLE = "searchable"  # class C: kept and searchable, but two documents may carry it
    NONE = "none"  # class D: dropped


@dataclass(frozen=True)
class TaxCode:
    code: str
    name: str
    percent: Decimal


@dataclass(frozen=True)
class Company:
    code: str
    name: str
    country: str
    currency: str
    currencies: tuple[str, ...]
    auto_post: bool
    reference_mode: ReferenceMode
    search_delay_ms: int


def save_company(
    connection: sqlite3.Connection, company: Company, tax_codes: list[TaxCode], prefix: str, first_number: int
) -> None:
    """Create or replace a company and its tax codes; the number series is fixed by the first call."""
    try:
        connection.execute(
            "INSERT INTO series VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING",
            [company.code, prefix, first_number],
        )
    except sqlite3.IntegrityError:
        raise Refusal("prefix_taken", f"Another series has the prefix {prefix}.", "number_prefix") from None
    connection.execute(
        """INSERT INTO companies VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (code) DO UPDATE SET
        name = excluded.name, country = excluded.country, currency = excluded.currency,
        currencies = excluded.currencies, auto_post = excluded.auto_post,
        reference_mode = excluded.reference_mode, search_delay_ms = excluded.search_delay_ms""",
        [
            company.code,
            company.name,
            company.country,
            company.currency,
            json.dumps(company.currencies),
            company.auto_post,
            company.reference_mode,
            company.search_delay_ms,
        ],
    )
    connection.execute("DELETE FROM tax_codes WHERE company = ?", [company.code])
    connection.executemany(
        "INSERT INTO tax_codes VALUES (?, ?, ?, ?)",
        [(company.code, tax_code.code, tax_code.name, str(tax_code.percent)) for tax_code in tax_codes],
    )


def known_company(connection: sqlite3.Connection, code: str, *, status: int = 422) -> Company:
    """Return the company or refuse with company_unknown."""
    row = connection.execute("SELECT * FROM companies WHERE code = ?", [code]).fetchone()
    if row is None:
        raise unknown("company", code, "company", status=status)
    return _company(row)


def all_companies(connection: sqlite3.Connection) -> list[Company]:
    return [_company(row) for row in connection.execute("SELECT * FROM companies ORDER BY code")]


def tax_codes_of(connection: sqlite3.Connection, company: str) -> dict[str, TaxCode]:
    rows = connection.execute(
        "SELECT code, name, percent FROM tax_codes WHERE company = ? ORDER BY code", [company]
    )
    return {row["code"]: TaxCode(row["code"], row["name"], Decimal(row["percent"])) for row in rows}


def set_period(connection: sqlite3.Connection, company: str, period: str, state: str) -> None:
    """Open or close a month (YYYY-MM) of the company."""
    connection.execute(
        "INSERT INTO periods VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET state = excluded.state",
        [company, period, state],
    )


def periods_of(connection: sqlite3.Connection, company: str) -> list[dict[str, object]]:
    rows = connection.execute(
        "SELECT period, state FROM periods WHERE company = ? ORDER BY period", [company]
    )
    return [dict(row) for row in rows]


def refuse_closed_period(connection: sqlite3.Connection, company: str, on: date) -> None:
    """Refuse a document date whose month is closed in the company."""
    period = f"{on:%Y-%m}"
    closed = connection.execute(
        "SELECT 1 FROM periods WHERE company = ? AND period = ? AND state = 'closed'", [company, period]
    ).fetchone()
    if closed:
        raise Refusal("period_closed", f"Period {period} of {company} is closed.", "document_date")


def company_as_json(company: Company, tax_codes: dict[str, TaxCode]) -> dict[str, object]:
    return {
        "code": company.code,
        "name": company.name,
        "country": company.country,
        "currency": company.currency,
        "currencies": list(company.currencies),
        "auto_post": company.auto_post,
        "reference_mode": company.reference_mode.value,
        "tax_codes": [
            {"code": tax_code.code, "name": tax_code.name, "percent": str(tax_code.percent)}
            for tax_code in tax_codes.values()
        ],
    }


def _company(row: sqlite3.Row) -> Company:
    return Company(
        code=row["code"],
        name=row["name"],
        country=row["country"],
        currency=row["currency"],
        currencies=tuple(json.loads(row["currencies"])),
        auto_post=bool(row["auto_post"]),
        reference_mode=ReferenceMode(row["reference_mode"]),
        search_delay_ms=row["search_delay_ms"],
    )
