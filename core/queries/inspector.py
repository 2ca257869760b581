"""One exception item with everything needed to settle it."""

from dataclasses import dataclass
from datetime import datetime

from core.exceptions import OPEN_STATES, UNTIL_WORSE
from core.fixes import Evidence, Fix, Surroundings, evidence_of, fix_for, surroundings_of
from core.models import ExceptionItem, User
from core.permissions import holds
from core.presentation.formats import counted
from core.presentation.parts import Activity
from core.presentation.vocabulary import word
from core.queries.activity import events_of, feed


@dataclass(frozen=True)
class Inspection:
    """An item, its evidence, the suggested fix, where it stands, and what happened to it."""

    item: ExceptionItem
    evidence: Evidence
    fix: Fix | None
    surroundings: Surroundings
    activities: list[Activity]
    may_work: bool
    open_for: int

    @property
    def badge(self) -> tuple[str, str]:
        """Return word and tone of what matters most about the item now."""
        if self.item.state in OPEN_STATES and self.item.snoozed_until == UNTIL_WORSE:
            return "Snoozed until more is at risk", "hold"
        if self.item.state in OPEN_STATES and self.item.snoozed_until:
            return f"Snoozed until {self.item.snoozed_until:%-d %b}", "hold"
        if self.item.state in OPEN_STATES and self.item.blocks_release:
            return "Blocks billing", "bad"
        known = word(self.item.state, "exception")
        return known.text, known.tone

    @property
    def code(self) -> str:
        """Return number and age in words."""
        if self.item.resolved_at:
            return f"{self.item.number}, closed {self.item.resolved_at:%-d %b %Y}"
        since = f"open {counted(self.open_for, 'day')}" if self.open_for else "opened today"
        return f"{self.item.number}, {since}"


def inspect(item: ExceptionItem, user: User, *, now: datetime) -> Inspection:
    """Read what the inspector shows; a fix is suggested only while the item is open."""
    is_open = item.state in OPEN_STATES
    return Inspection(
        item=item,
        evidence=evidence_of(item),
        fix=fix_for(item, user) if is_open else None,
        surroundings=surroundings_of(item, user),
        activities=feed(events_of("core.exceptionitem", [item.pk]), limit=20),
        may_work=holds(user, "exception.work", item.legal_entity_id),
        open_for=max((now - item.opened_at).days, 0),
    )
