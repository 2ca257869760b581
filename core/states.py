"""States are enums, legal moves are data: one table per aggregate, from which the diagrams are drawn."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models

from core.errors import Refusal


class IllegalMove(Refusal):
    """The object's state does not allow this move."""

    code = "illegal_state"


@dataclass(frozen=True)
class StateTable:
    """The legal moves of one aggregate; `initial` is where every new object starts."""

    name: str
    initial: str
    moves: Mapping[str, frozenset[str]]

    def check(self, current: str, target: str, *, label: str = "") -> None:
        """Refuse a move the table does not list."""
        if target not in self.moves.get(current, frozenset()):
            subject = label or f"This {self.name}"
            raise IllegalMove(
                f"{subject} is {words(current)} and cannot become {words(target)}.", field="status"
            )

    def sources(self, target: str) -> list[str]:
        """Return the states from which the target can be reached in one move."""
        return [state for state, targets in self.moves.items() if target in targets]


_TABLES: dict[str, StateTable] = {}


def state_table(name: str, states: type[models.TextChoices], moves: Mapping[str, str]) -> StateTable:
    """Register the table of an aggregate: `moves` maps each state to the names of the next ones."""
    listed = {state: frozenset(moves.get(state, "").split()) for state in states.values}
    unknown = {target for targets in listed.values() for target in targets} - set(states.values)
    if unknown or set(moves) - set(states.values):
        raise ValueError(f"{name}: unknown states {unknown or set(moves) - set(states.values)}")
    table = StateTable(name=name, initial=states.values[0], moves=listed)
    _TABLES[name] = table
    return table


def all_tables() -> dict[str, StateTable]:
    """Return every registered table by name."""
    return dict(sorted(_TABLES.items()))


def words(state: str) -> str:
    """Return a state as people write it: in_review becomes in review."""
    return state.replace("_", " ")


class PeriodState(models.TextChoices):
    """States of an accounting month."""

    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"
    REOPENED = "reopened"


PERIOD = state_table(
    "accounting period",
    PeriodState,
    {"open": "closing closed", "closing": "open closed", "closed": "reopened", "reopened": "closed"},
)


class ExceptionState(models.TextChoices):
    """States of an exception item."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    RESOLVED = "resolved"
    WAIVED = "waived"


EXCEPTION = state_table(
    "exception",
    ExceptionState,
    {"open": "in_progress resolved waived", "in_progress": "open resolved waived", "resolved": "open"},
)


class SlotState(models.TextChoices):
    """States of one time at which a job is due."""

    PENDING = "pending"
    RUNNING = "running"
    RETRY = "retry"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


SLOT = state_table(
    "schedule slot",
    SlotState,
    {"pending": "running skipped", "running": "running done retry failed", "retry": "running failed"},
)
