"""Time on the home page: what waits for approval, and one's own week."""

from datetime import timedelta
from decimal import Decimal
from itertools import groupby

from django.db.models import Sum

from core.presentation.formats import counted, day, quantity
from core.presentation.parts import Kpi, Link
from reporting.home.parts import Line, Reader, Section
from reporting.queries.addresses import address
from timesheets.models import TimeEntry
from timesheets.queries.inbox import Waiting, inbox
from timesheets.states import EntryStatus

MOST = 6


def time_to_approve(reader: Reader) -> Section:
    """List the projects whose time waits for the person's approval, most hours first."""
    projects = sorted(_by_project(reader), key=lambda group: -sum(one.hours for one in group[1]))
    lines = tuple(
        Line(
            f"{code} {group[0].project}",
            address("approvals"),
            _questions(group),
            text=quantity(sum((one.hours for one in group), Decimal(0)), "h"),
        )
        for code, group in projects[:MOST]
    )
    more = Link("All approvals", address("approvals"))
    return Section("Time to approve", lines, "No time waits for your approval.", more)


def hours_waiting(reader: Reader) -> Kpi:
    """Return the hours that wait for the person's approval."""
    waiting = _decidable(reader)
    hours = sum((one.hours for one in waiting), Decimal(0))
    remark = counted(len({one.worker_id for one in waiting}), "person", "people") if waiting else ""
    return Kpi("Time to approve", text=quantity(hours, "h"), remark=remark, href=address("approvals"))


def own_week(reader: Reader) -> Section:
    """List the hours of the person's own week by state, and what was sent back lately."""
    today = reader.now.date()
    monday = today - timedelta(days=today.weekday())
    mine = TimeEntry.objects.filter(worker__user=reader.user)
    this_week = mine.filter(work_date__gte=monday, work_date__lt=monday + timedelta(days=7))
    states = this_week.exclude(kind="reversal")
    href = address("timesheets")
    lines = [
        Line(f"Week of {day(monday)}", href, state=status, subject="time entry", text=quantity(hours, "h"))
        for status, hours in states.order_by("status").values_list("status").annotate(hours=Sum("hours"))
    ]
    rejected = mine.filter(status=EntryStatus.REJECTED).select_related("project", "worker", "timesheet")
    rejected = rejected.order_by("-work_date")
    lines += [
        Line(
            f"{entry.project.code}, {day(entry.work_date)}",
            address("week", entry.worker.code, entry.timesheet.week),
            entry.rejection_reason,
            text=quantity(entry.hours, "h"),
            state=entry.status,
        )
        for entry in rejected[:MOST]
    ]
    return Section("Your time", tuple(lines), "No time entered this week.", Link("Open timesheet", href))


def _decidable(reader: Reader) -> list[Waiting]:
    """Return what the person may decide: not the own time, nor what they handed in for others."""
    return [one for one in inbox(reader.user) if not one.blocked]


def _by_project(reader: Reader) -> list[tuple[str, list[Waiting]]]:
    waiting = sorted(_decidable(reader), key=lambda one: one.project_code)
    return [(code, list(group)) for code, group in groupby(waiting, key=lambda one: one.project_code)]


def _questions(group: list[Waiting]) -> str:
    people = len({one.worker_id for one in group})
    odd = sum(not one.is_clean for one in group)
    text = counted(people, "person", "people")
    return f"{text}, {odd} to look at" if odd else text
