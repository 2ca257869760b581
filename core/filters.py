"""What a person asks of the exception queue: which saved view, narrowed how, folded where."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone

from core.exceptions import OPEN_STATES
from core.fixes import cause_label
from core.models import User
from core.presentation.filtering import Chip
from core.presentation.querystring import replaced, without
from core.queries.exceptions import ERP_REJECTIONS

VIEWS = {
    "open": "All open",
    "mine": "Mine",
    "unassigned": "Unassigned",
    "overdue": "Overdue",
    "blocking": "Blocking",
    "erp": "ERP rejections",
    "snoozed": "Snoozed",
    "resolved": "Recently resolved",
}
AGES = {"0-2": "0–2 days", "3-7": "3–7 days", "8-30": "8–30 days", "31": "Over 30 days"}
RECENTLY = timedelta(days=14)


@dataclass(frozen=True)
class Asked:
    """The queue's address, read leniently: an unknown view or age is the widest one."""

    query: QueryDict
    view: str
    text: str
    code: str
    age: str
    folded: frozenset[str]
    item: str

    @classmethod
    def parse(cls, query: QueryDict) -> "Asked":
        """Read the query string."""
        query = query.copy()
        query.pop("selected", None)
        view, age = query.get("view", ""), query.get("age", "")
        return cls(
            query=query,
            view=view if view in VIEWS else "open",
            text=query.get("q", "").replace("\0", "").strip()[:80],
            code=query.get("code", "").replace("\0", ""),
            age=age if age in AGES else "",
            folded=frozenset(filter(None, query.get("fold", "").split(","))),
            item=query.get("item", "").replace("\0", ""),
        )

    def address(self, **changes: object) -> str:
        """Return the query string of this view with changes."""
        return replaced(self.query, **changes)

    def chips(self) -> list[Chip]:
        """Return what is set, each with the address without it."""
        chips = [Chip("Cause", cause_label(self.code), without(self.query, "code"))] if self.code else []
        chips += [Chip("Age", AGES[self.age], without(self.query, "age"))] if self.age else []
        return chips

    def narrowing(self, now: datetime) -> Q:
        """Return the condition of text, cause and age."""
        found = Q()
        if self.text:
            titled = Q(number__icontains=self.text) | Q(title__icontains=self.text)
            named = Q(subject_label__icontains=self.text) | Q(object_label__icontains=self.text)
            found &= titled | named
        if self.code:
            found &= Q(code=self.code)
        return found & age_condition(self.age, now)


def view_conditions(user: User, now: datetime) -> dict[str, Q]:
    """Return the condition of every saved view."""
    today = timezone.localdate(now)
    still_open = Q(state__in=OPEN_STATES)
    awake = still_open & (Q(snoozed_until=None) | Q(snoozed_until__lte=today))
    return {
        "open": awake,
        "mine": awake & Q(owner=user),
        "unassigned": awake & Q(owner=None),
        "overdue": awake & Q(due_at__lt=now),
        "blocking": awake & (Q(blocks_release=True) | Q(money_at_risk__gt=0)),
        "erp": awake & Q(code__in=ERP_REJECTIONS),
        "snoozed": still_open & Q(snoozed_until__gt=today),
        "resolved": ~still_open & Q(resolved_at__gte=now - RECENTLY),
    }


def age_condition(age: str, now: datetime) -> Q:
    """Return the condition that an item was opened so many days ago."""
    if not age:
        return Q()
    newest, _, oldest = age.partition("-")
    condition = Q(opened_at__lt=_start_of_day(now, int(newest) - 1)) if int(newest) else Q()
    return condition & (Q(opened_at__gte=_start_of_day(now, int(oldest))) if oldest else Q())


def _start_of_day(now: datetime, days_ago: int) -> datetime:
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=days_ago)
