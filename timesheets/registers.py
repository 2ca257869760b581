"""The registers of time, declared."""

from datetime import date

from django.urls import reverse

from core.presentation.columns import Column
from core.presentation.register import Empty, Register
from core.presentation.table import Table
from projects.models import Worker
from timesheets.filters import EntryFilter, WeekFilter
from timesheets.models import TimeEntry


def _address(entry: TimeEntry) -> str:
    return reverse("time_entry", args=[entry.pk])


ENTRIES = Register(
    title="Time entries",
    table=Table(
        columns=(
            Column("work_date", "Day", "day", sort="work_date", link=_address, lead=True),
            Column("worker", "Person", read="worker.name", detail="worker.code"),
            Column("project", "Project", read="project.name", detail="project.code"),
            Column("task", "Task", read="task.name", detail="note"),
            Column("work_type", "Work type", read="work_type.name"),
            Column("hours", "Hours", "quantity", sort="hours"),
            Column("billable", "Billable", "yes_no"),
            Column("kind", "Kind", read="get_kind_display"),
            Column("status", "State", "state", subject="time entry"),
        ),
        order="-work_date",
        noun=("entry", "entries"),
        cursor=True,
    ),
    empty=Empty("No time yet", "Time is entered in the week sheet, imported from files or sent over REST."),
    filterset=EntryFilter,
)


def week_register(week: date) -> Register:
    """Declare the register of everybody's hours in one week."""

    def address(worker: Worker) -> str:
        return reverse("week", args=[worker.code, week])

    return Register(
        title="Weeks",
        table=Table(
            columns=(
                Column("name", "Person", sort="name", link=address, detail="code", lead=True),
                Column("capacity", "Capacity", "quantity", unit="h"),
                Column("recorded", "Recorded", "quantity", sort="recorded", unit="h"),
                Column("unsubmitted", "Not submitted", "quantity", sort="unsubmitted", unit="h"),
                Column("waiting", "Waiting", "quantity", sort="waiting", unit="h"),
                Column("approved", "Approved", "quantity", sort="approved", unit="h"),
            ),
            order="name",
            noun=("person", "people"),
        ),
        empty=Empty("Nobody works here yet", "People appear with their employment."),
        filterset=WeekFilter,
        template="timesheets/weeks.html",
    )
