"""Price N approved entries, against a plain INSERT … SELECT with one range join on the same server.

    python -m benchmarks.pricing 10000 100000

Prints one JSON line per size. The floor inserts the same number of rows into a table with one index and
two foreign keys, joining one dated rate; the engine resolves multi-dimensional dated rates, multipliers,
discounts and payers, explains each amount and writes history. The scratch database is made and dropped.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks.scratch import scratch_database


def main(sizes: list[int]) -> None:
    """Measure each size in a database of its own, all in this run on this machine."""
    for size in sizes:
        with scratch_database():
            print(json.dumps(measure(size)), flush=True)


def measure(size: int) -> dict[str, Any]:
    """Return rows per second of the floor, of a first pricing, a pass with nothing to do, and a repricing."""
    from benchmarks.firm import agreement_with_approved_work, change_rate
    from billing.actions.pricing import price
    from billing.pricing.scope import Scope
    from core.actors import Actor

    contracts = agreement_with_approved_work(size)
    actor = Actor.system("pricing")
    floor = seconds(lambda: plain_insert())
    first = seconds(lambda: price(Scope.of(contracts), actor=actor))
    idle = seconds(lambda: price(Scope.of(contracts), actor=actor))
    change_rate()
    again = seconds(lambda: price(Scope.of(contracts), actor=actor))
    return {
        "entries": size,
        "floor_rows_per_s": round(size / floor),
        "priced_rows_per_s": round(size / first),
        "ratio_to_floor": round(floor / first, 3),
        "nothing_to_do_s": round(idle, 3),
        "repriced_after_back_dated_change_s": round(again, 3),
        "repricing_to_first_pricing": round(again / first, 3),
    }


def plain_insert() -> None:
    """Insert one priced row per entry into a constrained table with one range join: the floor."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """CREATE TABLE floor_charge (
                 id uuid PRIMARY KEY DEFAULT uuidv7(), entry_id uuid NOT NULL REFERENCES timesheets_timeentry,
                 rate_id uuid NOT NULL REFERENCES contracts_rate, quantity numeric NOT NULL,
                 unit_price numeric NOT NULL, amount numeric NOT NULL);
               CREATE INDEX ON floor_charge (entry_id);
               INSERT INTO floor_charge (entry_id, rate_id, quantity, unit_price, amount)
               SELECT e.id, r.id, e.hours, r.amount, round(e.hours * r.amount, 2)
               FROM timesheets_timeentry e
               JOIN contracts_rate r ON r.valid @> e.work_date AND r.role = 'senior' AND r.region = 'any';
               DROP TABLE floor_charge"""
        )


def seconds(action: Callable[[], object]) -> float:
    """Return how long an action takes, in seconds of wall time."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [10_000, 100_000])
