"""Enter reference data as the data administration does: attributed, with history and an event for each."""

from collections.abc import Iterable
from typing import TypeVar

from core.actors import Actor
from core.models import Canonical
from core.stewardship import note_edit
from core.verbs import acting

Row = TypeVar("Row", bound=Canonical)
LOADER = Actor.system("demo")
REASON = "The demo firm"


def enter(rows: Iterable[Row]) -> list[Row]:
    """Insert the rows and record master_data.changed for each of them."""
    entered = list(rows)
    with acting(LOADER, REASON):
        for row in entered:
            row.save(force_insert=True)
            note_edit(row, [])
    return entered


def enter_series(rows: Iterable[Row]) -> int:
    """Insert the rows of one series at once and record a single event, about the last of them."""
    entered = list(rows)
    with acting(LOADER, REASON):
        type(entered[-1])._default_manager.bulk_create(entered)
        note_edit(entered[-1], [])
    return len(entered)
