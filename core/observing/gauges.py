"""Figures for monitoring, asked from the database when they are scraped: every process tells the same."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True)
class Gauge:
    """One figure now. `name` ends in its unit; labels tell the figures of one name apart."""

    name: str
    meaning: str
    value: Decimal | int
    labels: Mapping[str, str] = field(default_factory=dict)


Measure = Callable[[], Iterable[Gauge]]
_measures: list[Measure] = []
# How long something that is due waits for a worker; by queue. Workers are alive as long as this stays small.
WAITING = "tieout_oldest_due_seconds"


def measures(measure: Measure) -> Measure:
    """Register who measures; each call of it should take one query."""
    _measures.append(measure)
    return measure


def measured() -> Iterator[Gauge]:
    """Yield every figure of every app."""
    for measure in _measures:
        yield from measure()


def waiting(seconds: Decimal | int, queue: str) -> Gauge:
    """Say how long the oldest due piece of a queue has been waiting."""
    return Gauge(
        WAITING, "Age of the oldest due piece of work that nobody has taken up.", seconds, {"queue": queue}
    )
