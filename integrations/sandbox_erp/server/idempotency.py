"""Idempotency-Key for companies that honour it (class A): kept in the same transaction as the document."""

import hashlib
import sqlite3

from integrations.sandbox_erp.server.refusals import Refusal


def document_of_key(connection: sqlite3.Connection, company: str, key: str, raw: bytes) -> str | None:
    """Return the document an earlier request with this key made; refuses the key with another request."""
    row = connection.execute(
        "SELECT request_sha256, document FROM idempotency_keys WHERE company = ? AND key = ?", [company, key]
    ).fetchone()
    if row is None:
        return None
    if row["request_sha256"] != _digest(raw):
        sentence = f"Idempotency-Key {key} was used for another request."
        raise Refusal("idempotency_key_reused", sentence, "Idempotency-Key")
    return str(row["document"])


def keep_key(connection: sqlite3.Connection, company: str, key: str, raw: bytes, document: str) -> None:
    connection.execute(
        "INSERT INTO idempotency_keys VALUES (?, ?, ?, ?)", [company, key, _digest(raw), document]
    )


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
