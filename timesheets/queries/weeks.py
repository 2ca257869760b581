"""The week sheet: what counts of one worker's week, as rows of work and seven days."""

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from django.db.models import QuerySet

from core.models import User
from projects.models import Worker
from timesheets.intake.lines import OWN_SYSTEM
from timesheets.models import TimeEntry
from timesheets.queries.visible import visible_time
from timesheets.states import EntryKind, EntryStatus

DAYS = 7
EDITABLE = (EntryStatus.DRAFT, EntryStatus.REJECTED)


@dataclass(frozen=True)
class Work:
    """What the hours of a row were spent on."""

    project: str = ""
    task: str = ""
    work_type: str = ""
    location: str = ""
    note: str = ""
    project_name: str = ""
    task_name: str = ""

    @property
    def choice(self) -> str:
        """Return project and task as the sheet's one choice."""
        return f"{self.project}/{self.task}" if self.project else ""


@dataclass(frozen=True)
class SheetCell:
    """One day of a row: hours as shown or typed, and the entry behind them, if any."""

    day: date
    hours: str = ""
    entry_id: uuid.UUID | None = None
    status: str = ""
    source: str = ""
    reason: str = ""
    error: str = ""
    waiting: str = ""

    @property
    def editable(self) -> bool:
        """Say whether the sheet may change it: nothing recorded yet, or its own draft."""
        return not self.entry_id or (self.status in EDITABLE and self.source == OWN_SYSTEM)


@dataclass(frozen=True)
class SheetRow:
    """A row of the sheet: one piece of work over seven days."""

    work: Work
    cells: tuple[SheetCell, ...]
    error: str = ""

    @property
    def fixed(self) -> bool:
        """Say whether the work of the row can no longer be chosen, because some of it is settled."""
        return any(not cell.editable for cell in self.cells)

    @property
    def total(self) -> Decimal:
        """Return the hours of the row; what cannot be read yet counts nothing."""
        return sum((_figure(cell.hours) for cell in self.cells), Decimal(0))


@dataclass(frozen=True)
class WeekSheet:
    """A worker's week."""

    worker: Worker
    week: date
    rows: tuple[SheetRow, ...]
    fingerprint: str
    states: dict[str, Decimal] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()

    @cached_property
    def days(self) -> tuple[date, ...]:
        """Return Monday to Sunday."""
        return tuple(self.week + timedelta(days=n) for n in range(DAYS))

    @cached_property
    def day_totals(self) -> tuple[Decimal, ...]:
        """Return the hours of each day."""
        columns = zip(*(row.cells for row in self.rows), strict=True) if self.rows else [()] * DAYS
        return tuple(sum((_figure(cell.hours) for cell in cells), Decimal(0)) for cells in columns)

    @property
    def total(self) -> Decimal:
        """Return the hours of the week."""
        return sum(self.day_totals, Decimal(0))

    def with_rows(self, rows: Iterable[SheetRow]) -> "WeekSheet":
        """Return the sheet with other rows."""
        return replace(self, rows=tuple(rows))


def week_sheet(worker: Worker, week: date, reader: User) -> WeekSheet:
    """Read a week as far as the reader may see it; the fingerprint is that of the whole week.

    What was corrected away is left out, and so is a rejected correction.
    """
    entries = list(entries_of_week(worker, week))
    rows: dict[tuple[Work, int], dict[date, SheetCell]] = {}
    seen = {entry.pk for entry in entries} if worker.user_id == reader.pk else _within_reach(entries, reader)
    shown = [entry for entry in entries if _counts(entry) and entry.pk in seen]
    asked = sorted(filter(_asks_correction, entries), key=lambda entry: entry.kind == EntryKind.REPLACEMENT)
    corrections = {entry.corrects_id: entry for entry in asked}
    for entry in shown:
        work = _work(entry)
        place = next(n for n in range(len(shown)) if entry.work_date not in rows.get((work, n), {}))
        rows.setdefault((work, place), {})[entry.work_date] = _cell(entry, corrections.get(entry.pk))
    days = [week + timedelta(days=n) for n in range(DAYS)]
    return WeekSheet(
        worker=worker,
        week=week,
        rows=tuple(
            SheetRow(work, tuple(cells.get(day, SheetCell(day)) for day in days))
            for (work, _), cells in sorted(rows.items(), key=lambda item: (item[0][0].choice, item[0][1]))
        ),
        fingerprint=fingerprint(entries),
        states=_states(shown),
        reasons=tuple(dict.fromkeys(entry.rejection_reason for entry in shown if entry.rejection_reason)),
    )


def entries_of_week(worker: Worker, week: date) -> QuerySet[TimeEntry]:
    """Return every entry of a worker's week, with its project, task and work type."""
    related = ("project", "task", "work_type")
    entries = TimeEntry.objects.filter(timesheet__worker=worker, timesheet__week=week)
    return entries.select_related(*related).order_by("work_date", "pk")


def fingerprint(entries: Iterable[TimeEntry]) -> str:
    """Return what tells whether a week changed since somebody looked at it."""
    seen = sorted(f"{entry.pk}:{entry.version}" for entry in entries)
    return hashlib.sha256(" ".join(seen).encode()).hexdigest()[:16]


def copied(sheet: WeekSheet, earlier: WeekSheet) -> WeekSheet:
    """Return the sheet with the rows of an earlier week that it has not, as typed and not saved."""
    known = {row.work for row in sheet.rows}
    added = [
        SheetRow(
            row.work,
            tuple(SheetCell(day, cell.hours) for day, cell in zip(sheet.days, row.cells, strict=True)),
        )
        for row in earlier.rows
        if row.work not in known
    ]
    return sheet.with_rows((*sheet.rows, *added))


def _within_reach(entries: Iterable[TimeEntry], reader: User) -> set[uuid.UUID]:
    seen = visible_time(reader).filter(pk__in=[entry.pk for entry in entries])
    return set(seen.values_list("pk", flat=True))


def _counts(entry: TimeEntry) -> bool:
    settled = entry.kind == EntryKind.WORK or entry.status == EntryStatus.APPROVED
    return entry.kind != EntryKind.REVERSAL and entry.status != EntryStatus.CORRECTED and settled


def _asks_correction(entry: TimeEntry) -> bool:
    return entry.kind != EntryKind.WORK and entry.status == EntryStatus.SUBMITTED


def _work(entry: TimeEntry) -> Work:
    return Work(
        project=entry.project.code,
        task=entry.task.code,
        work_type=entry.work_type.code,
        location=entry.location,
        note=entry.note,
        project_name=entry.project.name,
        task_name=entry.task.name,
    )


def _cell(entry: TimeEntry, correction: TimeEntry | None) -> SheetCell:
    waiting = ""
    if correction:
        replaced = correction.kind == EntryKind.REPLACEMENT
        waiting = f"correction to {plain(correction.hours)} h waits" if replaced else "correction waits"
    return SheetCell(
        day=entry.work_date,
        hours=plain(entry.hours),
        entry_id=entry.pk,
        status=entry.status,
        source=entry.source_system,
        reason=entry.rejection_reason,
        waiting=waiting,
    )


def plain(hours: Decimal) -> str:
    """Return hours as people type them: 7.5, never 7.5000."""
    return f"{hours.normalize():f}"


def _states(entries: Iterable[TimeEntry]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for entry in entries:
        found[entry.status] = found.get(entry.status, Decimal(0)) + entry.hours
    return found


def _figure(text: str) -> Decimal:
    try:
        figure = Decimal(text.replace(",", ".")) if text.strip() else Decimal(0)
    except ArithmeticError:
        return Decimal(0)
    return figure if figure.is_finite() else Decimal(0)
