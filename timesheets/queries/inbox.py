"""What waits for somebody's approval: by person, project and week, questions first."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from django.db import connection

from core.models import User
from timesheets.policies import reach
from timesheets.queries.slices import Slice

LONG_DAY = Decimal(10)


@dataclass(frozen=True)
class Waiting:
    """One slice that waits, with how many of its days or entries raise which question."""

    worker_id: uuid.UUID
    project_id: uuid.UUID
    week: date
    entries: int
    hours: Decimal
    submitted_at: datetime
    first_on: date
    last_on: date
    long_days: int
    weekend: int
    after_end: int
    no_note: int
    corrections: int
    submitted_by_me: bool
    worker_code: str
    worker: str
    project_code: str
    project: str
    contract: str
    worked_by_me: bool

    @property
    def slice(self) -> Slice:
        """Return the slice as it was seen here."""
        return Slice(self.worker_id, self.project_id, self.week, self.entries, self.hours)

    @property
    def key(self) -> str:
        """Return the slice with what was seen of it, as one word for a form."""
        return f"{self.slice.key}.{self.entries}.{self.hours.normalize():f}"

    @property
    def blocked(self) -> str:
        """Return why the person cannot decide on it, or nothing."""
        if self.worked_by_me:
            return "This is your own time: somebody else decides on it."
        return "You submitted it: somebody else decides on it." if self.submitted_by_me else ""

    @property
    def questions(self) -> list[str]:
        """Return what an approver should look at, in words, worst first."""
        found = (
            (self.after_end, "after the end date"),
            (self.long_days, f"over {LONG_DAY} h a day"),
            (self.weekend, "on a weekend"),
            (self.no_note, "without a note"),
            (self.corrections, "a correction"),
        )
        return [words for count, words in found if count]

    @property
    def is_clean(self) -> bool:
        """Say whether it may be approved without a look: no question, and not one's own."""
        return not self.questions and not self.blocked


def inbox(user: User, *, text: str = "") -> list[Waiting]:
    """Return everything that waits for the person's approval, the questionable first; one statement."""
    rights = reach(user, "time.approve")
    escaped = text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    with connection.cursor() as cursor:
        cursor.execute(
            _statement(),
            {
                "user": user.pk,
                "everything": rights.everything,
                "entities": list(rights.entities),
                "managed_everywhere": rights.managed_everywhere,
                "managed_in": list(rights.managed_in),
                "long_day": LONG_DAY,
                "text": text,
                "pattern": f"%{escaped}%",
            },
        )
        names = [column.name for column in cursor.description or ()]
        return [Waiting(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


@cache
def _statement() -> str:
    return (Path(__file__).parent / "inbox.sql").read_text()
