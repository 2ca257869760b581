"""Run one intake in the database: stage, lock, check, write. Steps: they need an open transaction."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from operator import attrgetter
from pathlib import Path
from typing import Any

from django.db import connection

from core.actors import Actor
from timesheets.intake.lines import Line
from timesheets.intake.reasons import Reason
from timesheets.intake.results import IntakeResult, Outcome, RowResult
from timesheets.policies import Reach, reach

DAYS_AHEAD = 31
COLUMNS = (
    *("row", "worker", "project", "task", "work_date", "hours", "work_type", "location", "note", "billable"),
    *("source_system", "source_key", "settled"),
)
_values = attrgetter(*COLUMNS)
_OUTCOMES = {
    "create": Outcome.CREATED,
    "update": Outcome.UPDATED,
    "submit": Outcome.UPDATED,
    "unchanged": Outcome.UNCHANGED,
    "refuse": Outcome.REFUSED,
}


@dataclass(frozen=True)
class Terms:
    """Under which terms lines are taken: whose they may be, submitted or draft, and the day it is.

    `resubmit` sends rejected entries again although nothing in them changed: a person's wish, never a
    file's.
    """

    actor: Actor
    on: date
    submit: bool = False
    resubmit: bool = False

    def reach(self) -> Reach:
        """Return whose time may be entered, beside the own one."""
        return reach(self.actor.user, "time.enter_for_others")

    def parameters(self) -> dict[str, Any]:
        """Return the parameters of check.sql and write.sql."""
        others = self.reach()
        return {
            "user": self.actor.user_id,
            "own": reach(self.actor.user, "time.enter").own,
            "everything": others.everything,
            "entities": list(others.entities),
            "managed_everywhere": others.managed_everywhere,
            "managed_in": list(others.managed_in),
            "submit": self.submit,
            "resubmit": self.resubmit,
            "latest": self.on + timedelta(days=DAYS_AHEAD),
        }


def check(lines: Sequence[Line], terms: Terms) -> None:
    """Stage the readable lines, lock their weeks, and judge every line in `time_checked`."""
    with connection.cursor() as cursor:
        cursor.execute(statement("tables"))
        copying: Any = cursor
        with copying.copy(f"COPY time_intake ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            for line in lines:
                if line.reason is None:
                    copy.write_row(_values(line))
        cursor.execute("ANALYZE time_intake")
        cursor.execute(statement("lock"))
        cursor.execute(statement("check"), terms.parameters())
        cursor.execute("ANALYZE time_checked")
    refuse_full_days()


def write(terms: Terms) -> bool:
    """Write the accepted lines of `time_checked`; return whether there were any."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM time_checked WHERE action IN ('create', 'update', 'submit'))"
        )
        if not (cursor.fetchone() or [False])[0]:
            return False
        cursor.execute(statement("write"), terms.parameters())
    return True


def refuse_full_days() -> None:
    """Refuse, in the order of rows, each line that would bring its worker's day over 24 hours."""
    with connection.cursor() as cursor:
        cursor.execute(statement("days"))
        refused = list(over_full(cursor.fetchall()))
        if refused:
            cursor.execute(
                "UPDATE time_checked c SET action = 'refuse', refusal = 'day_over_24:hours', detail = f.total"
                " FROM unnest(%s::int[], %s::text[]) AS f (row, total) WHERE c.row = f.row",
                [[row for row, _ in refused], [total for _, total in refused]],
            )


def over_full(
    rows: Iterable[tuple[int, uuid.UUID, date, Decimal, Decimal, Decimal]],
) -> Iterable[tuple[int, str]]:
    """Yield the lines that do not fit, with the total they would make; later, smaller ones may still fit."""
    totals: dict[tuple[uuid.UUID, date], Decimal] = {}
    for row, worker, day, hours, before, standing in rows:
        total = totals.get((worker, day), standing) + hours
        if total > 24:
            yield row, f"{total.normalize():f}"
            total += before - hours
        totals[worker, day] = total


def results(lines: Sequence[Line]) -> IntakeResult:
    """Return what became of every line, in order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT row, refusal, detail, action, entry_id FROM time_checked")
        judged = {row: found for row, *found in cursor.fetchall()}
    return IntakeResult([_result(line, judged.get(line.row)) for line in lines])


def _result(line: Line, judged: list[Any] | None) -> RowResult:
    if judged is None:
        reason = line.reason or Reason("required", "")
        return RowResult.refused(line, reason)
    refusal, detail, action, entry_id = judged
    if refusal:
        code, _, field = refusal.partition(":")
        return RowResult.refused(line, Reason(code, field, detail or ""))
    return RowResult(line.row, line.source_key, _OUTCOMES[action], entry_id)


@cache
def statement(name: str) -> str:
    """Return the text of one of the SQL files of this package."""
    return (Path(__file__).parent / f"{name}.sql").read_text()
