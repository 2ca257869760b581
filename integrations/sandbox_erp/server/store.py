"""The durable store: one SQLite file, write-ahead log, every commit synced to disk."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

SCHEMA = Path(__file__).with_name("schema.sql")


class Store:
    """Open transactions on the file; what one has committed survives the process."""

    def __init__(self, path: Path, schema: Path = SCHEMA) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        # Held open so that the write-ahead log is not folded back whenever a request closes its connection.
        self._anchor = self._connect()
        self._anchor.executescript(schema.read_text())

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Read one consistent state; nothing can be written."""
        with closing(self._connect()) as connection:
            connection.execute("PRAGMA query_only = ON")
            connection.execute("BEGIN")
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Write alone: writers queue up, all or nothing of the block is kept."""
        with closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")

    def close(self) -> None:
        self._anchor.close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=10, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        return connection


def take_number(connection: sqlite3.Connection, series: str) -> str:
    """Take the next number of a series; a transaction that fails gives it back, so there is no gap."""
    row = connection.execute(
        "UPDATE series SET next_number = next_number + 1 WHERE name = ? RETURNING prefix, next_number - 1",
        [series],
    ).fetchone()
    return f"{row[0]}{row[1]}"


def now() -> str:
    """Return the ERP's own clock as UTC text."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def now_in_milliseconds() -> int:
    """Return the ERP's own clock as milliseconds since 1970."""
    return time.time_ns() // 1_000_000
