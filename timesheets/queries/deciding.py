"""The entries of a slice, for the eyes of the person who decides on it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from timesheets.models import TimeEntry
from timesheets.queries.inbox import LONG_DAY, Waiting
from timesheets.states import EntryKind, EntryStatus


@dataclass(frozen=True)
class Day:
    """One day of a slice with its entries, and what is odd about it."""

    day: date
    entries: list[TimeEntry]
    day_total: Decimal

    @property
    def is_long(self) -> bool:
        """Say whether the person worked long that day, on all projects together."""
        return self.day_total > LONG_DAY

    @property
    def is_weekend(self) -> bool:
        """Say whether it is a Saturday or Sunday."""
        return self.day.weekday() > 4


def days_of(waiting: Waiting) -> list[Day]:
    """Return the submitted entries of a slice by day, each day with the person's whole hours."""
    entries = list(
        TimeEntry.objects.filter(
            worker_id=waiting.worker_id,
            project_id=waiting.project_id,
            timesheet__week=waiting.week,
            status=EntryStatus.SUBMITTED,
        )
        .select_related("task", "work_type", "corrects__task", "corrects__project", "submitted_by")
        .order_by("work_date", "kind", "pk")
    )
    totals = _day_totals(waiting)
    days = sorted({entry.work_date for entry in entries})
    return [
        Day(day, [entry for entry in entries if entry.work_date == day], totals.get(day, Decimal(0)))
        for day in days
    ]


def other_halves(waiting: Waiting) -> QuerySet[TimeEntry]:
    """Return the halves of the slice's corrections that lie in another project or week."""
    here = TimeEntry.objects.filter(
        worker_id=waiting.worker_id,
        project_id=waiting.project_id,
        timesheet__week=waiting.week,
        status=EntryStatus.SUBMITTED,
    ).exclude(kind=EntryKind.WORK)
    halves = TimeEntry.objects.filter(corrects__in=here.values("corrects"), status=EntryStatus.SUBMITTED)
    return halves.exclude(pk__in=here.values("pk")).select_related("task", "project")


def _day_totals(waiting: Waiting) -> dict[date, Decimal]:
    totals: dict[date, Decimal] = {}
    standing = TimeEntry.objects.filter(
        worker_id=waiting.worker_id, work_date__range=(waiting.first_on, waiting.last_on)
    ).exclude(status=EntryStatus.REJECTED)
    for day, hours in standing.values_list("work_date", "hours"):
        totals[day] = totals.get(day, Decimal(0)) + hours
    return totals
