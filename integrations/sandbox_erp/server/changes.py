"""The change feed: a cursor that only grows, in the order of commits."""

import sqlite3

from integrations.sandbox_erp.server.store import now


def note_change(
    connection: sqlite3.Connection, kind: str, key: str, operation: str, company: str | None = None
) -> int:
    """Append one change and return its cursor. Writers are alone, so cursors follow the order of commits."""
    cursor = connection.execute(
        "INSERT INTO changes (object, key, operation, company, at) VALUES (?, ?, ?, ?, ?)",
        [kind, key, operation, company, now()],
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def changes_since(connection: sqlite3.Connection, since: int, limit: int) -> list[dict[str, object]]:
    """List changes after the cursor, oldest first."""
    rows = connection.execute(
        "SELECT * FROM changes WHERE cursor > ? ORDER BY cursor LIMIT ?",
        [since, limit],
    )
    return [dict(row) for row in rows]
