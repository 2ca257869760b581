"""The exception queue as a page: tabs, ages, groups with their addresses, the inspected item's actions."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from django.urls import reverse

from core.filters import AGES, VIEWS, Asked, age_condition, view_conditions
from core.models import User
from core.presentation.charts import Band
from core.presentation.columns import Column
from core.presentation.formats import counted
from core.presentation.parts import Link, Tab
from core.queries.exchange import Total
from core.queries.inspector import Inspection, inspect
from core.queries.queue import Queue, Row, everything, view_counts

OPEN_ACTIONS = (
    ("assign", "Assign", "assign", "A"),
    ("snooze", "Snooze", "snooze", "H"),
    ("resolve", "Resolve", "passed", "E"),
    ("waive", "Waive", "discard", ""),
)
CLOSED_ACTIONS = (("reopen", "Reopen", "undo", ""),)
BULK = (
    ("Assign", "assign", "A"),
    ("Snooze", "snooze", "H"),
    ("Waive", "waive", ""),
    ("Resolve", "resolve", "E"),
)
HINTS = (
    ("J K", "move"),
    ("X", "select"),
    ("F", "apply fix"),
    ("A", "assign"),
    ("H", "snooze"),
    ("Z", "undo"),
)
EXPORTED = (
    Column("number", "Exception"),
    Column("code", "Code"),
    Column("title", "Title"),
    Column("subject_label", "Customer"),
    Column("object_label", "Object"),
    Column("money_at_risk", "At stake", kind="money", currency="currency"),
    Column("state", "State", kind="state", subject="exception"),
    Column("owner", "Owner"),
    Column("opened_at", "Opened", kind="moment"),
    Column("due_at", "Due", kind="moment"),
)


@dataclass(frozen=True)
class ListedGroup:
    """A cause in the list: its sum, its rows, the address that folds or unfolds it."""

    label: str
    remark: str
    total: Total
    rows: list[Row]
    folded: bool
    href: str
    more_href: str


class QueuePage:
    """What exceptions/queue.html shows to one person; parts are read when first asked for."""

    bulk, hints = BULK, HINTS

    def __init__(self, user: User, asked: Asked, *, now: datetime) -> None:
        self.user, self.asked, self.now = user, asked, now
        self.path = reverse("exceptions")
        conditions = view_conditions(user, now)
        self._counts = view_counts(user, conditions)
        condition = conditions[asked.view] & asked.narrowing(now)
        self.queue = Queue(
            user,
            condition,
            now=now,
            folded=asked.folded,
            one_cause=bool(asked.code),
            ages={age: age_condition(age, now) for age in AGES},
        )

    @cached_property
    def tabs(self) -> list[Tab]:
        return [
            Tab(label, f"{self.path}?view={name}", self._counts[name], self.asked.view == name)
            for name, label in VIEWS.items()
        ]

    @cached_property
    def bands(self) -> list[Band]:
        return [
            Band(
                label=AGES[band.age],
                amount=band.total.about.amount if band.total.about else Decimal(0),
                href=self.path + self.asked.address(age=None if self.asked.age == band.age else band.age),
                count=band.count,
                series=series,
            )
            for series, band in enumerate(self.queue.by_age, start=1)
        ]

    @cached_property
    def groups(self) -> list[ListedGroup]:
        """Return the causes with the addresses that fold them."""
        return [
            ListedGroup(
                label=group.label,
                remark=group.remark,
                total=group.total,
                rows=group.rows,
                folded=group.code in self.asked.folded,
                href=self._fold_address(group.code),
                more_href=self.path + self.asked.address(code=group.code) if group.hidden else "",
            )
            for group in self.queue.groups
        ]

    @property
    def text(self) -> str:
        """Return what stands at the foot of the list."""
        return f"{self.queue.count} in {counted(len(self.groups), 'group')}"

    @property
    def empty_title(self) -> str:
        """Return what an empty view says."""
        quiet = {
            "mine": "Nothing is assigned to you",
            "snoozed": "Nothing is snoozed",
            "overdue": "Nothing is overdue",
        }
        quiet["resolved"] = "Nothing was settled lately"
        return quiet.get(self.asked.view, "Nothing holds billing back")

    @cached_property
    def inspected(self) -> Inspection | None:
        """Return the item asked for, else the first of the list."""
        listed = {item.number: item for items in self.queue.listed.values() for item in items}
        found = listed.get(self.asked.item)
        if found is None and self.asked.item:
            found = everything(self.user).filter(number=self.asked.item).first()
        if found is None and self._rows:
            found = listed[self._rows[0].number]
        return inspect(found, self.user, now=self.now) if found else None

    @cached_property
    def actions(self) -> list[Link]:
        """Return what the person may do with the inspected item."""
        if self.inspected is None or not self.inspected.may_work:
            return []
        item = self.inspected.item
        query = self.asked.address(item=item.number, selected=item.pk)
        return [
            Link(label, reverse("exception_decide", args=[name]) + query, icon, key)
            for name, label, icon, key in (CLOSED_ACTIONS if item.resolved_at else OPEN_ACTIONS)
        ]

    @property
    def previous_href(self) -> str:
        return self._neighbour(-1)

    @property
    def next_href(self) -> str:
        return self._neighbour(1)

    @property
    def back_href(self) -> str:
        return self.path + self.asked.address()

    @cached_property
    def _rows(self) -> list[Row]:
        return [row for group in self.queue.groups for row in group.rows]

    def _neighbour(self, step: int) -> str:
        numbers = [row.number for row in self._rows]
        if self.inspected is None or self.inspected.item.number not in numbers:
            return ""
        place = numbers.index(self.inspected.item.number) + step
        inside = 0 <= place < len(numbers)
        return self.path + self.asked.address(item=numbers[place]) if inside else ""

    def _fold_address(self, code: str) -> str:
        folded = self.asked.folded ^ {code}
        return self.path + self.asked.address(fold=",".join(sorted(folded)))

    def following(self, leaving: object) -> str:
        """Return the number of the item after the open one that is not among those that leave."""
        numbers = [row.number for row in self._rows]
        place = numbers.index(self.asked.item) if self.asked.item in numbers else 0
        rows = self._rows[place:] + self._rows[:place]
        return next((row.number for row in rows if row.pk not in leaving), "")  # type: ignore[operator]
