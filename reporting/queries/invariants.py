"""The invariants as a person reads them."""

from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from core.exceptions import OPEN_STATES
from core.models import ScheduleSlot, User
from core.queries.exceptions import visible_exceptions
from core.states import SlotState
from reporting.invariants import names, sentence
from reporting.invariants.offences import CODE


@dataclass(frozen=True)
class Statement:
    """What must hold, and how many open exceptions the person sees that say it does not."""

    name: str
    sentence: str
    offenders: int

    @property
    def href(self) -> str:
        """Return the address of those exceptions."""
        return f"{reverse('exceptions')}?{urlencode({'code': CODE, 'q': self.sentence[:60]})}"


def statements(user: User) -> list[Statement]:
    """Return every invariant with its open exceptions."""
    items = visible_exceptions(user).filter(code=CODE, state__in=OPEN_STATES)
    counts = Counter(key.split(":")[1] for key in items.values_list("cause_key", flat=True))
    return [Statement(name, sentence(name), counts[name]) for name in names()]


def last_check() -> ScheduleSlot | None:
    """Return the last nightly check that ended."""
    return ScheduleSlot.objects.filter(job="invariants", state=SlotState.DONE).order_by("-due_at").first()
