"""Whose time a person sees: their own, that of projects they manage, that of legal entities they read."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from core.models import User
from projects.models import Employment, Project, Task, Worker
from timesheets.models import Approval, Expense, TimeEntry, Timesheet
from timesheets.policies import reach
from timesheets.states import EntryKind, EntryStatus


def visible_time(user: User) -> QuerySet[TimeEntry]:
    """Return the entries the person may see."""
    return TimeEntry.objects.filter(_time_in_reach(user))


def visible_timesheets(user: User) -> QuerySet[Timesheet]:
    """Return the weeks in which the person may see some entry, and the own ones."""
    seen = reach(user, "time.view")
    if seen.everything:
        return Timesheet.objects.all()
    entries = TimeEntry.objects.filter(seen.projects("project__"))
    own = Q(worker__user=user) if seen.own else Q(pk__in=[])
    return Timesheet.objects.filter(own | Q(pk__in=entries.values("timesheet_id")))


def visible_approvals(user: User) -> QuerySet[Approval]:
    """Return the decisions on time the person may see."""
    return Approval.objects.filter(_time_in_reach(user))


def visible_workers(user: User) -> QuerySet[Worker]:
    """Return the workers whose weeks the person may open."""
    seen = reach(user, "time.view")
    if seen.everything:
        return Worker.objects.all()
    projects = Project.objects.filter(seen.projects())
    own = Q(user=user) if seen.own else Q(pk__in=[])
    return Worker.objects.filter(own | Q(assignments__project__in=projects)).distinct()


def workers_in_week(user: User, week: date) -> QuerySet[Any]:
    """Return the workers the person may see who are employed in a week, with their hours in each state."""
    employed = Employment.objects.filter(
        worker=OuterRef("pk"), valid__overlap=(week, week + timedelta(days=5))
    )
    return (
        visible_workers(user)
        .annotate(
            capacity=Subquery(employed.order_by("valid").values("capacity_hours")[:1]),
            recorded=_hours_in(week, "draft", "rejected", "submitted", "approved"),
            unsubmitted=_hours_in(week, "draft", "rejected"),
            waiting=_hours_in(week, "submitted"),
            approved=_hours_in(week, "approved"),
        )
        .filter(capacity__isnull=False)
    )


def _hours_in(week: date, *statuses: str) -> Coalesce:
    """Return the hours of work in some states; what is asked as a correction counts when approved."""
    entries = (
        TimeEntry.objects.filter(
            Q(kind=EntryKind.WORK) | Q(kind=EntryKind.REPLACEMENT, status=EntryStatus.APPROVED),
            worker=OuterRef("pk"),
            work_date__range=(week, week + timedelta(days=6)),
            status__in=statuses,
        )
        .order_by()
        .values("worker")
        .annotate(total=Sum("hours"))
    )
    return Coalesce(Subquery(entries.values("total")), Value(Decimal(0)))


def waiting_for(user: User) -> QuerySet[TimeEntry]:
    """Return the submitted entries of the projects whose time the person approves."""
    rights = reach(user, "time.approve")
    return TimeEntry.objects.filter(rights.projects("project__"), status=EntryStatus.SUBMITTED)


def visible_expenses(user: User) -> QuerySet[Expense]:
    """Return the expenses the person may see: the own ones, and those of projects in reach."""
    seen = reach(user, "expense.view")
    if seen.everything:
        return Expense.objects.all()
    own = Q(worker__user=user) if seen.own else Q(pk__in=[])
    return Expense.objects.filter(own | seen.projects("project__"))


def expenses_waiting_for(user: User) -> QuerySet[Expense]:
    """Return the submitted expenses of the projects whose expenses the person approves."""
    rights = reach(user, "expense.approve")
    return Expense.objects.filter(rights.projects("project__"), status=EntryStatus.SUBMITTED)


def tasks_open_to(worker: Worker, first: object, last: object) -> QuerySet[Task]:
    """Return the open tasks of active projects the worker is assigned to on some day of a span."""
    return (
        Task.objects.filter(
            project__assignments__worker=worker,
            project__assignments__status__in=["confirmed", "ended"],
            project__assignments__valid__overlap=(first, last),
            project__status="active",
            status="open",
        )
        .select_related("project")
        .order_by("project__code", "code")
        .distinct()
    )


def _time_in_reach(user: User) -> Q:
    seen = reach(user, "time.view")
    if seen.everything:
        return Q()
    own = Q(worker__user=user) if seen.own else Q(pk__in=[])
    return own | seen.projects("project__")
