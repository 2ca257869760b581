"""The pages of time as read models: addresses, what may be done, and why not."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.urls import reverse
from django.utils import timezone

from contracts.models import Region
from core.actors import Actor
from core.errors import Forbidden
from core.models import User
from core.presentation import formats
from core.presentation.vocabulary import Word, word
from projects.models import Task
from timesheets.models import WorkType
from timesheets.policies import may_record
from timesheets.queries.visible import tasks_open_to
from timesheets.queries.weeks import DAYS, SheetCell, SheetRow, WeekSheet
from timesheets.states import EntryStatus


def day_of(text: str) -> date:
    """Return the day written in an address; raises ValueError where there are no weeks around it."""
    day = date.fromisoformat(text)
    if not 1900 <= day.year < 2200:
        raise ValueError(f"Nobody works on {day}.")
    return day


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True)
class DayHead:
    """One day of the sheet's heading; on a phone it is the only one shown while `current`."""

    day: date
    label: str
    short: str
    href: str
    current: bool
    weekend: bool


@dataclass(frozen=True)
class CellView:
    """One figure of the sheet: a field to type into, or what is recorded with its state."""

    cell: SheetCell
    name: str
    label: str
    css: str
    editable: bool

    @property
    def remark(self) -> str:
        """Return what is to be said about the figure, in a word or two."""
        if self.cell.waiting:
            return self.cell.waiting
        if self.cell.status not in ("", EntryStatus.DRAFT):
            return word(self.cell.status, "time entry").text
        return f"from {self.cell.source}" if self.cell.entry_id and not self.cell.editable else ""


@dataclass(frozen=True)
class RowView:
    """One row of the sheet; `listed` says that its task is still among the choices."""

    place: int
    row: SheetRow
    cells: list[CellView]
    listed: bool


class WeekPage:
    """What timesheets/week.html shows to one person."""

    def __init__(self, user: User, sheet: WeekSheet, *, day: str = "", refusal: str = "") -> None:
        self.user, self.sheet, self.refusal = user, sheet, refusal
        self.path = reverse("week", args=[sheet.worker.code, sheet.week])
        self._asked = day

    @property
    def title(self) -> str:
        """Return the week as people say it."""
        return formats.span(self.sheet.week, self.sheet.week + timedelta(days=DAYS - 1))

    @property
    def is_own(self) -> bool:
        """Say whether the sheet is the reader's."""
        return self.sheet.worker.user_id == self.user.pk

    @property
    def previous_href(self) -> str:
        return reverse("week", args=[self.sheet.worker.code, self.sheet.week - timedelta(days=DAYS)])

    @property
    def next_href(self) -> str:
        return reverse("week", args=[self.sheet.worker.code, self.sheet.week + timedelta(days=DAYS)])

    @cached_property
    def day(self) -> date:
        """Return the day a phone shows: the one asked for, today, or the Monday."""
        shown = [day for day in self.sheet.days if day.isoformat() == self._asked]
        today = timezone.localdate()
        return shown[0] if shown else today if today in self.sheet.days else self.sheet.week

    @cached_property
    def days(self) -> list[DayHead]:
        """Return the heading."""
        return [
            DayHead(
                day=day,
                label=f"{day:%a} {formats.day(day, 'short')}",
                short=f"{day:%a}",
                href=f"{self.path}?day={day.isoformat()}",
                current=day == self.day,
                weekend=day.weekday() > 4,
            )
            for day in self.sheet.days
        ]

    @cached_property
    def rows(self) -> list[RowView]:
        """Return the rows as they are drawn."""
        known = {f"{task.project.code}/{task.code}" for task in self.tasks}
        return [
            RowView(place, row, self._cells(place, row), row.work.choice in {"", *known})
            for place, row in enumerate(self.sheet.rows)
        ]

    def _cells(self, place: int, row: SheetRow) -> list[CellView]:
        work = row.work.task_name or row.work.task or f"row {place + 1}"
        return [
            CellView(
                cell,
                name=f"row-{place}-day-{number}",
                label=f"{work}, {head.label}",
                css=" ".join(["is-day"] * head.current + ["is-off"] * head.weekend),
                editable=cell.editable and self.may_edit,
            )
            for number, (head, cell) in enumerate(zip(self.days, row.cells, strict=True))
        ]

    @cached_property
    def totals(self) -> list[tuple[DayHead, object]]:
        """Return the sum of each day."""
        return list(zip(self.days, self.sheet.day_totals, strict=True))

    @cached_property
    def states(self) -> list[tuple[Word, object]]:
        """Return the hours in each state, in words."""
        return [(word(state, "time entry"), hours) for state, hours in self.sheet.states.items()]

    @cached_property
    def may_edit(self) -> bool:
        """Say whether the reader may type into the sheet."""
        try:
            may_record(Actor.of(self.user), self.sheet.worker)
        except Forbidden:
            return False
        return True

    @property
    def may_recall(self) -> bool:
        """Say whether there is submitted time to take back."""
        return self.may_edit and EntryStatus.SUBMITTED in self.sheet.states

    @cached_property
    def tasks(self) -> list[Task]:
        """Return the tasks to choose from."""
        return list(tasks_open_to(self.sheet.worker, self.sheet.days[0], self.sheet.days[-1] + timedelta(1)))

    @cached_property
    def work_types(self) -> list[WorkType]:
        """Return the kinds of work to choose from."""
        return list(WorkType.objects.order_by("code"))

    @cached_property
    def regions(self) -> list[Region]:
        """Return the places of work to choose from."""
        return list(Region.objects.order_by("code"))
