"""One entry with everything that became of it."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet

from core.models import Event, User
from core.presentation import formats, markup
from core.presentation.parts import Activity, Fact
from core.queries.activity import events_of, feed
from timesheets.models import TimeEntry
from timesheets.policies import reach
from timesheets.queries.visible import visible_time
from timesheets.states import EntryKind, EntryStatus


@dataclass(frozen=True)
class EntryPage:
    """An entry, its chain in the order it was written, and what the reader may do with it."""

    entry: TimeEntry
    chain: list[TimeEntry]
    activities: list[Activity]
    facts: list[Fact]
    counts: Decimal
    may_correct: bool
    may_withdraw: bool


def entry_page(entry: TimeEntry, user: User) -> EntryPage:
    """Read an entry with its chain of corrections."""
    related = ("project", "task", "work_type", "approved_by", "submitted_by")
    chain = list(TimeEntry.objects.filter(root_id=entry.root_id).select_related(*related).order_by("pk"))
    waiting = [one for one in chain if one.corrects_id == entry.pk and one.status == EntryStatus.SUBMITTED]
    correctable = entry.status == EntryStatus.APPROVED and entry.kind != EntryKind.REVERSAL
    allowed = _may_touch(entry, user)
    standing = [one for one in chain if one.status == EntryStatus.APPROVED and one.kind != EntryKind.REVERSAL]
    seen = set(visible_time(user).filter(root_id=entry.root_id).values_list("pk", flat=True))
    return EntryPage(
        entry=entry,
        chain=[one for one in chain if one.pk in seen] if len(chain) > 1 else [],
        activities=feed(_events(entry), limit=20),
        facts=_facts(entry),
        counts=sum((one.hours for one in standing), Decimal(0)),
        may_correct=correctable and allowed and not waiting,
        may_withdraw=correctable and allowed and bool(waiting),
    )


def _may_touch(entry: TimeEntry, user: User) -> bool:
    if entry.worker.user_id == user.pk:
        return reach(user, "time.enter").own
    return reach(user, "time.enter_for_others").covers(entry.project)


def _events(entry: TimeEntry) -> QuerySet[Event]:
    """Return the events of the entry's week that are about its project or its corrections."""
    about = Q(payload__project=entry.project.code) | Q(payload__projects__contains=[entry.project.code])
    mine = Q(payload__roots__contains=[str(entry.root_id)])
    return events_of("timesheets.timesheet", [entry.timesheet_id]).filter(about | mine)


def _facts(entry: TimeEntry) -> list[Fact]:
    """Return what is known of the entry, in the order people ask."""
    decided = [Fact("Approved by", str(entry.approved_by), quiet=_day(entry))] if entry.approved_by else []
    submitted = [Fact("Submitted by", str(entry.submitted_by))] if entry.submitted_by else []
    return [
        Fact("Person", entry.worker.name, quiet=entry.worker.code),
        Fact("Project", entry.project.name, quiet=entry.project.code),
        Fact("Contract", entry.project.contract.name, quiet=entry.project.contract.code),
        Fact("Task", entry.task.name, quiet=entry.task.code),
        Fact("Day", markup.day(entry.work_date)),
        Fact("Hours", markup.quantity(entry.hours, "h")),
        Fact("Work type", entry.work_type.name),
        Fact("Place", entry.location or "Usual place"),
        Fact("Billable", "Yes" if entry.billable else "No"),
        Fact("Note", entry.note or "–"),
        Fact("From", entry.source_system, quiet=entry.source_key),
        *submitted,
        *decided,
    ]


def _day(entry: TimeEntry) -> str:
    return formats.moment(entry.approved_at) if entry.approved_at else ""
