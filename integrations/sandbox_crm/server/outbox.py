"""Webhooks to send: written with the change they tell of, and spoiled on the way as the script says."""

import json
import sqlite3
from collections.abc import Mapping

from integrations.sandbox_erp.server.body import Body
from integrations.sandbox_erp.server.refusals import invalid, unknown
from integrations.sandbox_erp.server.store import now_in_milliseconds, take_number

WEBHOOK_FAULTS = ("duplicate", "drop", "hold", "bad_signature", "stale_timestamp", "other_body")
TOLD = ("id", "version", "stage", "name", "amount", "currency", "changed_at")
_SECONDS = {"hold": 5}


def announce(connection: sqlite3.Connection, event: str, deal: Mapping[str, object]) -> None:
    """Write one message per subscription about a change of a deal."""
    subscriptions = connection.execute("SELECT id FROM subscriptions ORDER BY id").fetchall()
    if not subscriptions:
        return
    name = take_number(connection, "events")
    told = {"type": event, "timestamp": deal["changed_at"], "data": {key: deal[key] for key in TOLD}}
    fault, delay = _take_fault(connection)
    for row in subscriptions:
        for body, state, flaw in _copies(fault, told):
            connection.execute(
                "INSERT INTO outbox (subscription, event, deal, body, state, flaw, attempts, due_ms) "
                "VALUES (?, ?, ?, ?, ?, ?, 0, ?)",
                [row["id"], name, deal["id"], body, state, flaw, now_in_milliseconds() + delay],
            )


def _copies(fault: str | None, told: dict[str, object]) -> list[tuple[str, str, str | None]]:
    body = json.dumps(told)
    if fault == "drop":
        return [(body, "dropped", None)]
    if fault == "duplicate":
        return [(body, "waiting", None)] * 2
    if fault == "other_body":
        return [(body, "waiting", None), (json.dumps({**told, "note": "another body"}), "waiting", None)]
    return [(body, "waiting", fault if fault in ("bad_signature", "stale_timestamp") else None)]


def subscribe(connection: sqlite3.Connection, url: str, secret: str) -> None:
    """Send webhooks to an address, signed with the secret; the same address again changes its secret."""
    if not url.startswith(("http://", "https://")):
        raise invalid("url must be an http or https address.", "url")
    connection.execute(
        "INSERT INTO subscriptions (url, secret) VALUES (?, ?) ON CONFLICT (url) DO UPDATE SET secret = ?",
        [url, secret, secret],
    )


def add_webhook_fault(connection: sqlite3.Connection, body: Body) -> int:
    """Append what the next events suffer; `hold` keeps one back for seconds, so that later ones overtake."""
    name = body.choice("fault", WEBHOOK_FAULTS)
    inserted = connection.execute(
        "INSERT INTO webhook_faults (fault, remaining, milliseconds) VALUES (?, ?, ?)",
        [name, body.whole("times", 1), body.milliseconds("seconds", _SECONDS.get(name, 0))],
    )
    assert inserted.lastrowid is not None
    return inserted.lastrowid


def messages(connection: sqlite3.Connection, deal_id: str | None) -> list[dict[str, object]]:
    """List what was or will be sent, oldest first, about one deal or all."""
    rows = connection.execute(
        "SELECT id, event, deal, body, state, flaw, attempts, answer FROM outbox "
        "WHERE ? IS NULL OR deal = ? ORDER BY id",
        [deal_id, deal_id],
    )
    return [dict(row) for row in rows]


def send_again(connection: sqlite3.Connection, message_id: int) -> None:
    """Send a message once more, whatever became of it."""
    changed = connection.execute(
        "UPDATE outbox SET state = 'waiting', flaw = NULL, due_ms = 0 WHERE id = ?", [message_id]
    )
    if not changed.rowcount:
        raise unknown("message", str(message_id), status=404)


def _take_fault(connection: sqlite3.Connection) -> tuple[str | None, int]:
    row = connection.execute(
        "SELECT * FROM webhook_faults WHERE remaining > 0 ORDER BY id LIMIT 1"
    ).fetchone()
    if row is None:
        return None, 0
    connection.execute("UPDATE webhook_faults SET remaining = remaining - 1 WHERE id = ?", [row["id"]])
    return row["fault"], row["milliseconds"]
