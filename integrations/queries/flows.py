"""How the flows between systems go, against their objectives: throughput, lag, what waits longest."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection

from core.access import entities_in_force
from core.models import User

_FLOWS = Path(__file__).with_name("flows.sql").read_text()
WINDOW = timedelta(days=1)


@dataclass(frozen=True)
class FlowFigures:
    """One flow, of one system where it has one, over a day; times in seconds.

    `through` ended in the window, of which 95 of 100 took at most `lag`; `open` are on their way now, the
    oldest for `oldest`; `late` counts what took or waits longer than the objective; `stuck` needs a person.
    """

    flow: str
    system: str
    system_name: str
    objective: int
    through: int
    open: int
    late: int
    stuck: int
    failures: int
    replays: int
    lag: int | None
    oldest: int | None


def flow_figures(user: User, *, now: datetime) -> list[FlowFigures]:
    """Return every flow with the figures of the legal entities the person looks after, in one query."""
    entities = entities_in_force(user, "integration.view")
    return _asked(None if None in entities else [entity for entity in entities if entity], now)


def all_flow_figures(*, now: datetime) -> list[FlowFigures]:
    """Return every flow with the figures of the whole firm, for monitoring."""
    return _asked(None, now)


def _asked(entities: list[uuid.UUID] | None, now: datetime) -> list[FlowFigures]:
    with connection.cursor() as cursor:
        cursor.execute(_FLOWS, {"since": now - WINDOW, "now": now, "entities": entities})
        return [FlowFigures(*row) for row in cursor.fetchall()]
