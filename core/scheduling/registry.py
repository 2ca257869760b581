"""Which jobs run by the clock, and when. Apps declare theirs in `<app>/schedules.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

Job = Callable[[datetime], str]
J = TypeVar("J", bound=Job)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Schedule:
    """A job that is due `every` so often, `offset` after midnight UTC or the full hour."""

    name: str
    run: Job
    every: timedelta
    offset: timedelta

    def last_due(self, now: datetime) -> datetime:
        """Return the newest time at or before `now` at which the job was due."""
        passed = now - _EPOCH - self.offset
        return _EPOCH + self.offset + (passed // self.every) * self.every

    def due_since(self, last: datetime, now: datetime) -> list[datetime]:
        """Return the times after `last` and up to `now` at which the job was due, oldest first."""
        newest = self.last_due(now)
        return [newest - step * self.every for step in range((newest - last) // self.every)][::-1]


_SCHEDULES: dict[str, Schedule] = {}


def scheduled(
    name: str, *, every: timedelta = timedelta(days=1), offset: timedelta = timedelta(0)
) -> Callable[[J], J]:
    """Run a function by the clock. It gets the time it was due for and says in words what came of it.

    A slot may be run again after a crash, so the function must be harmless when repeated.
    """

    def register(run: J) -> J:
        if name in _SCHEDULES:
            raise ValueError(f"There is a schedule {name!r} already.")
        _SCHEDULES[name] = Schedule(name, run, every, offset)
        return run

    return register


def schedules() -> list[Schedule]:
    """Return every schedule by name."""
    return [_SCHEDULES[name] for name in sorted(_SCHEDULES)]
