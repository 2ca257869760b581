"""The approvals page: what waits, in groups, and the slice that is open."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.http import QueryDict
from django.urls import reverse

from core.models import User
from core.presentation import formats, querystring
from core.presentation.filtering import Chip
from core.presentation.formats import counted
from core.presentation.parts import Link, Tab
from timesheets.models import TimeEntry
from timesheets.queries.deciding import Day, days_of, other_halves
from timesheets.queries.inbox import Waiting, inbox
from timesheets.queries.visible import expenses_waiting_for

PAGE_SIZE = 100
VIEWS = {"all": "Everything", "questions": "To look at", "clean": "Clean", "corrections": "Corrections"}
HINTS = (("J K", "move"), ("X", "select"), ("E", "approve"), ("H", "send back"))


@dataclass(frozen=True)
class Group:
    """Slices under one heading."""

    label: str
    rows: list[Waiting]

    @property
    def hours(self) -> Decimal:
        """Return the hours of the group."""
        return sum((row.hours for row in self.rows), Decimal(0))


class ApprovalsPage:
    """What approvals/inbox.html shows to one person; the parts are read when first asked for."""

    hints = HINTS

    def __init__(self, user: User, query: QueryDict) -> None:
        self.user, self.query = user, query
        self.path = reverse("approvals")
        self.text = query.get("q", "").replace("\0", "")[:80].strip()
        self.view = query.get("view", "all") if query.get("view") in VIEWS else "all"

    @cached_property
    def waiting(self) -> list[Waiting]:
        """Return everything that waits and fits the search."""
        return inbox(self.user, text=self.text)

    @cached_property
    def rows(self) -> list[Waiting]:
        """Return what the view shows."""
        return [row for row in self.waiting if _belongs(row, self.view)]

    @cached_property
    def clean(self) -> list[Waiting]:
        """Return what may be approved without a look."""
        return [row for row in self.waiting if row.is_clean]

    @property
    def decidable(self) -> list[Waiting]:
        """Return what waits and is neither the person's own time nor handed in by them."""
        return [row for row in self.waiting if not row.blocked]

    @property
    def clean_hours(self) -> Decimal:
        """Return the hours of the clean slices."""
        return _hours(self.clean)

    @property
    def hours(self) -> Decimal:
        """Return the hours the person may decide on."""
        return _hours(self.decidable)

    @property
    def people(self) -> int:
        """Return how many people's time waits for the person."""
        return len({row.worker_id for row in self.decidable})

    @property
    def shown(self) -> list[Waiting]:
        """Return the slices on the page."""
        return self.rows[:PAGE_SIZE]

    @cached_property
    def groups(self) -> list[Group]:
        """Return the page in three groups: to look at, clean, somebody else's to decide."""
        parts = (
            ("To look at", [row for row in self.shown if row.questions and not row.blocked]),
            ("Clean", [row for row in self.shown if row.is_clean]),
            ("For somebody else to decide", [row for row in self.shown if row.blocked]),
        )
        return [Group(label, rows) for label, rows in parts if rows]

    @property
    def foot(self) -> str:
        """Return what stands under the list."""
        more = f" of {len(self.rows):,}, narrow the filter to see the others"
        return f"{counted(len(self.shown), 'week')}{more if len(self.rows) > PAGE_SIZE else ''}"

    @cached_property
    def tabs(self) -> list[Tab]:
        """Return the views with their counts, and the way to expenses."""
        return [
            Tab(
                label,
                querystring.replaced(self.query, view=name, item=None),
                sum(_belongs(row, name) for row in self.waiting),
                self.view == name,
            )
            for name, label in VIEWS.items()
        ] + [Tab("Expenses", reverse("expense_approvals"), expenses_waiting_for(self.user).count())]

    @property
    def chips(self) -> list[Chip]:
        """Return what is searched for."""
        return [Chip("Search", self.text, querystring.without(self.query, "q"))] if self.text else []

    @cached_property
    def open(self) -> Waiting | None:
        """Return the slice asked for, else the first one."""
        ordered = [row for group in self.groups for row in group.rows]
        asked = self.query.get("item")
        return next((row for row in ordered if row.slice.key == asked), ordered[0] if ordered else None)

    @property
    def title(self) -> str:
        """Return what the open slice is, in words."""
        return f"{self.open.worker}, week of {formats.day(self.open.week)}" if self.open else ""

    @cached_property
    def days(self) -> list[Day]:
        """Return the days of the open slice."""
        return days_of(self.open) if self.open else []

    @cached_property
    def elsewhere(self) -> list[TimeEntry]:
        """Return the other halves of the open slice's corrections."""
        return list(other_halves(self.open)) if self.open and self.open.corrections else []

    @cached_property
    def links(self) -> list[Link]:
        """Return where the open slice leads."""
        if self.open is None:
            return []
        week = reverse("week", args=[self.open.worker_code, self.open.week])
        return [
            Link(f"{self.open.project_code} {self.open.project}", ""),
            Link(f"contract {self.open.contract}", ""),
            Link("whole week", week),
        ]

    @property
    def address(self) -> str:
        """Return the query string of the view, without the open slice."""
        return querystring.replaced(self.query, item=None)


def _belongs(row: Waiting, view: str) -> bool:
    return {
        "all": True,
        "questions": bool(row.questions) and not row.blocked,
        "clean": row.is_clean,
        "corrections": bool(row.corrections),
    }[view]


def _hours(rows: list[Waiting]) -> Decimal:
    return sum((row.hours for row in rows), Decimal(0))
