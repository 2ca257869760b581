"""Deals: one JSON document each, with a version that grows with every change."""

import json
import sqlite3
from collections.abc import Mapping

from integrations.sandbox_crm.server.fields import DAYS, PARTS, STAGES, TEXTS, WRITTEN_BACK
from integrations.sandbox_crm.server.outbox import announce
from integrations.sandbox_erp.server.refusals import Refusal, invalid, unknown
from integrations.sandbox_erp.server.store import now, take_number

Deal = dict[str, object]
CLOSED = ("closed_won", "closed_lost")
_EMPTY: Deal = {
    **dict.fromkeys((*TEXTS, *DAYS, *PARTS, *WRITTEN_BACK, "amount", "payment_terms_days")),
    "purchase_order_required": False,
    "products": [],
    "project_codes": [],
}


def add_deal(connection: sqlite3.Connection, values: Mapping[str, object]) -> Deal:
    """Open a deal in the first stage; it needs a name."""
    if not values.get("name"):
        raise invalid("A deal needs a name.", "name")
    deal = {**_EMPTY, **values, "id": take_number(connection, "deals"), "stage": STAGES[0], "version": 0}
    return _keep(connection, deal, "deal.created")


def change_deal(connection: sqlite3.Connection, deal_id: str, values: Mapping[str, object]) -> Deal:
    """Change the given fields; the same values again change nothing and are not announced."""
    deal = known_deal(connection, deal_id)
    if all(deal[name] == value for name, value in values.items()):
        return deal
    return _keep(connection, {**deal, **values}, "deal.changed")


def move_deal(connection: sqlite3.Connection, deal_id: str, stage: str, closed_on: str) -> Deal:
    """Move a deal to a stage; closing dates it, a deal already there is answered unchanged."""
    deal = known_deal(connection, deal_id)
    if stage not in STAGES:
        raise invalid(f"There is no stage {stage}.", "stage")
    if deal["stage"] == stage:
        return deal
    if stage == "closed_won" and not deal["amount"]:
        raise Refusal("amount_missing", "A deal without an amount cannot be won.", "amount")
    closing = {"close_date": closed_on} if stage in CLOSED else {}
    return _keep(connection, {**deal, **closing, "stage": stage}, f"deal.{stage}")


def known_deal(connection: sqlite3.Connection, deal_id: str) -> Deal:
    """Return the deal or refuse with deal_unknown (404)."""
    row = connection.execute("SELECT body FROM deals WHERE id = ?", [deal_id]).fetchone()
    if row is None:
        raise unknown("deal", deal_id, "id", status=404)
    return dict(json.loads(row["body"]))


def remove_deal(connection: sqlite3.Connection, deal_id: str) -> None:
    """Remove a deal without a word, as an administrator of a CRM can."""
    known_deal(connection, deal_id)
    connection.execute("DELETE FROM deals WHERE id = ?", [deal_id])


def deals_changed_since(
    connection: sqlite3.Connection, since: str, after: tuple[str, str], limit: int
) -> list[Deal]:
    """List deals changed at or after a moment, oldest change first, behind the (moment, id) of a page."""
    rows = connection.execute(
        "SELECT body FROM deals WHERE changed_at >= ? AND (changed_at, id) > (?, ?) "
        "ORDER BY changed_at, id LIMIT ?",
        [since, *after, limit],
    )
    return [json.loads(row["body"]) for row in rows]


def _keep(connection: sqlite3.Connection, deal: Deal, event: str) -> Deal:
    version = deal["version"]
    assert isinstance(version, int)
    kept = {**deal, "version": version + 1, "changed_at": now()}
    connection.execute(
        "INSERT OR REPLACE INTO deals VALUES (?, ?, ?, ?, ?)",
        [kept["id"], kept["version"], kept["stage"], kept["changed_at"], json.dumps(kept)],
    )
    announce(connection, event, kept)
    return kept
