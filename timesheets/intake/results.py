"""What became of each given row."""

import uuid
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from timesheets.intake.lines import Line
from timesheets.intake.reasons import Reason


class Outcome(StrEnum):
    """Created, updated, unchanged because it was known already, or refused with a reason."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class RowResult:
    """One row's outcome; a refused one has a code, a field and a sentence, any other one its entry."""

    row: int
    source_key: str
    outcome: Outcome
    entry_id: uuid.UUID | None = None
    code: str = ""
    field: str = ""
    sentence: str = ""

    @classmethod
    def refused(cls, line: Line, reason: Reason) -> "RowResult":
        """Refuse a line for a reason."""
        return cls(
            line.row,
            line.source_key,
            Outcome.REFUSED,
            None,
            reason.code,
            reason.field,
            reason.sentence(line),
        )


@dataclass(frozen=True)
class IntakeResult:
    """The outcomes of all rows, in their order."""

    rows: list[RowResult]

    @cached_property
    def counts(self) -> dict[Outcome, int]:
        """Return how many rows had which outcome."""
        found = Counter(row.outcome for row in self.rows)
        return {outcome: found[outcome] for outcome in Outcome}

    @property
    def refused(self) -> list[RowResult]:
        """Return the refused rows."""
        return [row for row in self.rows if row.outcome == Outcome.REFUSED]
