"""A slice: the time of one worker on one project in one week, the unit of approval."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from timesheets.models import TimeEntry


@dataclass(frozen=True)
class Slice:
    """What is decided on; `entries` and `hours` are what the person saw, if they looked."""

    worker_id: uuid.UUID
    project_id: uuid.UUID
    week: date
    entries: int | None = None
    hours: Decimal | None = None

    @property
    def key(self) -> str:
        """Return the slice as one word, for forms and addresses."""
        return f"{self.worker_id}.{self.project_id}.{self.week.isoformat()}"

    @classmethod
    def parse(cls, key: str, entries: int | None = None, hours: Decimal | None = None) -> "Slice":
        """Read a slice from its key; raises ValueError for anything else."""
        worker, project, week = key.split(".")
        return cls(uuid.UUID(worker), uuid.UUID(project), date.fromisoformat(week), entries, hours)


def columns(slices: Iterable[Slice]) -> list[list[object]]:
    """Return the slices as the parallel arrays that SQL unnests: worker, project, week, entries, hours."""
    listed = list(slices)
    return [
        [part.worker_id for part in listed],
        [part.project_id for part in listed],
        [part.week for part in listed],
        [part.entries for part in listed],
        [part.hours for part in listed],
    ]


def slice_of(entry: TimeEntry) -> Slice:
    """Return the slice an entry belongs to (its timesheet loaded)."""
    return Slice(entry.worker_id, entry.project_id, entry.timesheet.week)
