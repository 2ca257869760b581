"""The fault script: durable, consumed in order; and random faults from a seed."""

import json
import random
import sqlite3
from dataclasses import dataclass

from integrations.sandbox_erp.server.body import Body
from integrations.sandbox_erp.server.refusals import invalid, unknown
from integrations.sandbox_erp.server.store import Store

FAULTS = (
    "refuse",
    "closed_period",
    "delay",
    "commit_then_timeout",
    "429",
    "503",
    "500",
    "500_after_commit",
    "reset",
    "malformed",
)
_REFUSALS = {
    "refuse": ("refused_by_script", "The fault script refuses this request."),
    "closed_period": ("period_closed", "The accounting period is closed."),
}
_SECONDS = {"delay": 5, "commit_then_timeout": 30}
_MATCHES = "(method IS NULL OR method = ?) AND substr(?, 1, length(path_prefix)) = path_prefix"


@dataclass(frozen=True)
class Fault:
    """One misbehaviour to show now."""

    name: str
    milliseconds: int = 0
    retry_after: int | None = None
    code: str = ""
    message: str = ""
    field: str | None = None


def add_fault(connection: sqlite3.Connection, body: Body) -> int:
    """Append one entry to the script and return its id."""
    match, name = body.child("match"), body.choice("fault", FAULTS)
    code, message = _REFUSALS.get(name, ("", ""))
    times = body.whole("times", 1)
    inserted = connection.execute(
        "INSERT INTO faults (method, path_prefix, fault, times, remaining, milliseconds, retry_after, "
        "code, message, field) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            match.optional_text("method"),
            match.optional_text("path_prefix") or "/api/",
            name,
            times,
            times,
            body.milliseconds("seconds", _SECONDS.get(name, 0)),
            body.whole("retry_after", 2) if name in ("429", "503") else None,
            body.optional_text("code") or code,
            body.optional_text("message") or message,
            body.optional_text("field"),
        ],
    )
    assert inserted.lastrowid is not None
    return inserted.lastrowid


def fault_script(connection: sqlite3.Connection) -> list[dict[str, object]]:
    """List every entry, spent ones with remaining 0."""
    return [dict(row) for row in connection.execute("SELECT * FROM faults ORDER BY id")]


def clear_faults(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM faults")


def remove_fault(connection: sqlite3.Connection, fault_id: int) -> None:
    if not connection.execute("DELETE FROM faults WHERE id = ?", [fault_id]).rowcount:
        raise unknown("fault", str(fault_id), status=404)


def start_chaos(connection: sqlite3.Connection, body: Body) -> None:
    """Make each matching request misbehave with the given chance in percent, in an order the seed decides."""
    names = body.texts("faults") or ["commit_then_timeout", "500_after_commit", "500", "429", "reset"]
    for name in names:
        if name not in FAULTS:
            raise invalid(f"There is no fault {name}.", "faults")
    percent = body.whole("percent", 10)
    if percent > 100:
        raise invalid("percent must be at most 100.", "percent")
    match = body.child("match")
    connection.execute(
        "INSERT OR REPLACE INTO chaos VALUES (1, ?, ?, ?, ?, ?, ?, ?, 0, 0)",
        [
            body.whole("seed", 0),
            percent,
            json.dumps(names),
            match.optional_text("method"),
            match.optional_text("path_prefix") or "/api/",
            body.milliseconds("seconds", 30),
            body.whole("retry_after", 2),
        ],
    )


def chaos_state(connection: sqlite3.Connection) -> dict[str, object] | None:
    row = connection.execute("SELECT * FROM chaos").fetchone()
    return {**dict(row), "faults": json.loads(row["faults"])} if row else None


def stop_chaos(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM chaos")


def take_fault(store: Store, method: str, path: str) -> Fault | None:
    """Take the fault this request must show, if any: the script first, then chance."""
    with store.reading() as connection:
        due = connection.execute(
            f"SELECT 1 FROM faults WHERE remaining > 0 AND {_MATCHES} "
            f"UNION ALL SELECT 1 FROM chaos WHERE {_MATCHES}",
            [method, path, method, path],
        ).fetchone()
    if due is None:
        return None
    with store.writing() as connection:
        return _take_scripted(connection, method, path) or _take_random(connection, method, path)


def _take_scripted(connection: sqlite3.Connection, method: str, path: str) -> Fault | None:
    row = connection.execute(
        f"SELECT * FROM faults WHERE remaining > 0 AND {_MATCHES} ORDER BY id LIMIT 1", [method, path]
    ).fetchone()
    if row is None:
        return None
    connection.execute("UPDATE faults SET remaining = remaining - 1 WHERE id = ?", [row["id"]])
    return Fault(
        name=row["fault"],
        milliseconds=row["milliseconds"],
        retry_after=row["retry_after"],
        code=row["code"],
        message=row["message"],
        field=row["field"],
    )


def _take_random(connection: sqlite3.Connection, method: str, path: str) -> Fault | None:
    row = connection.execute(f"SELECT * FROM chaos WHERE {_MATCHES}", [method, path]).fetchone()
    if row is None:
        return None
    dice = random.Random(f"{row['seed']}:{row['requests']}")
    hit = dice.randrange(100) < row["percent"]
    connection.execute("UPDATE chaos SET requests = requests + 1, injected = injected + ?", [hit])
    if not hit:
        return None
    name = dice.choice(json.loads(row["faults"]))
    code, message = _REFUSALS.get(name, ("", ""))
    return Fault(name, row["milliseconds"], row["retry_after"], code, message)
