"""Take in time, against COPY of the same rows into the same constrained table on the same server.

    python -m benchmarks.intake 10000 100000

Prints one JSON line per size. The floor has the entry table's columns, checks, indexes and foreign keys,
with and without its history. The intake reads, validates, writes entries, history and events. The batches
are those of the API: 1,000 rows each, one transaction each. At the end everything is approved in one call.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from io import StringIO
from statistics import quantiles
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from benchmarks.pricing import seconds
from benchmarks.scratch import scratch_database

FIRST = date(2026, 1, 1)
BATCH = 1000
BATCHES = 30


def main(sizes: list[int]) -> None:
    """Measure each size in a database of its own, all in this run on this machine."""
    for size in sizes:
        with scratch_database():
            print(json.dumps(measure(size)), flush=True)


def measure(size: int) -> dict[str, Any]:
    """Return rows per second of the intake and of the floors, their ratios, and the p95 of a batch."""
    from benchmarks.firm import agreement_with_approved_work

    agreement_with_approved_work(0)
    taken = seconds(lambda: take_in(size, "file"))
    copied = entries_as_text()
    with floor_table(history=False) as table:
        bare = seconds(lambda: copy_into(table, copied))
    with floor_table(history=True) as table:
        historic = seconds(lambda: copy_into(table, copied))
    batches = [
        seconds(partial(take_in, BATCH, f"batch{n}", FIRST + timedelta(190 + n))) for n in range(BATCHES)
    ]
    approved = seconds(approve_everything)
    return {
        "rows": size,
        "intake_rows_per_s": round(size / taken),
        "copy_rows_per_s": round(size / bare),
        "copy_with_history_rows_per_s": round(size / historic),
        "ratio_to_copy": round(bare / taken, 3),
        "ratio_to_copy_with_history": round(historic / taken, 3),
        "batch_of_1000_p95_s": round(quantiles(batches, n=20)[-1], 3),
        "approval_in_one_call_rows_per_s": round((size + BATCH * BATCHES) / approved),
    }


def take_in(size: int, system: str, first: date = FIRST) -> None:
    """Take in rows as they come from JSON; every one of them has to be accepted."""
    from core.actors import Actor
    from timesheets.actions.intake import record_time
    from timesheets.intake.lines import read_lines

    lines = read_lines(given(size, first), source_system=system)
    result = record_time(lines, actor=Actor.system("benchmark"), on=date(2026, 12, 1), submit=True)
    assert not result.refused, result.refused[0]


def approve_everything() -> None:
    """Approve all that was taken in, in one call by one person."""
    from core.actors import Actor
    from core.models import Membership, Role, User
    from timesheets.actions.approvals import approve_time
    from timesheets.models import TimeEntry

    pmo = User.objects.get(username="bench1")
    Membership.objects.create(user=pmo, role=Role.PMO, valid=DateRange(FIRST, None))
    decided = approve_time(TimeEntry.objects.filter(status="submitted"), actor=Actor.of(pmo))
    assert decided.entries == TimeEntry.objects.count()


def given(size: int, first: date) -> Iterator[dict[str, object]]:
    """Yield rows spread over workers, projects and days so that no day is overfull."""
    from benchmarks.firm import CONTRACTS, WORKERS

    for n in range(size):
        yield {
            "worker": f"W{n % WORKERS + 1}",
            "project": f"P-C-CU{n // WORKERS % CONTRACTS + 1}",
            "task": "T1",
            "work_date": (first + timedelta(n // (WORKERS * 14))).isoformat(),
            "hours": 0.25 + n // WORKERS % 5 * 0.25,
            "work_type": "overtime" if n % 11 == 0 else "normal",
            "note": f"Work item {n}",
            "source_key": str(n),
        }


@contextmanager
def floor_table(*, history: bool) -> Iterator[str]:
    """Make an empty table with every constraint and index of the entry table, and drop it."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_FLOOR)
        if history:
            cursor.execute(_FLOOR_HISTORY)
        yield "floor_entry"
        cursor.execute("DROP TABLE floor_entry")


def entries_as_text() -> str:
    """Return the entries that were taken in, as COPY writes them."""
    from django.db import connection

    with connection.cursor() as cursor, cursor.copy("COPY timesheets_timeentry TO STDOUT") as copy:
        return b"".join(copy).decode()


def copy_into(table: str, text: str) -> None:
    """Copy the rows in one transaction."""
    from django.db import connection, transaction

    source = StringIO(text)
    with (
        transaction.atomic(),
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} FROM STDIN") as copy,
    ):
        while block := source.read(1 << 16):
            copy.write(block)


_FLOOR = """
CREATE TABLE floor_entry (LIKE timesheets_timeentry INCLUDING ALL);
DO $$ DECLARE key text; BEGIN
  FOR key IN SELECT pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = 'timesheets_timeentry'::regclass AND contype = 'f'
  LOOP
    EXECUTE 'ALTER TABLE floor_entry ADD ' || replace(key, 'timesheets_timeentry(', 'floor_entry(');
  END LOOP;
END $$;
"""
_FLOOR_HISTORY = """
CREATE TRIGGER history_insert AFTER INSERT ON floor_entry REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION history_timesheets_timeentry()
"""


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [10_000, 100_000])
