"""The registers of time, declared."""

from datetime import date

from django.urls import reverse

from core.presentation.columns import Column
from core.presentation.parts import Link
from core.presentation.register import Empty, Register
from core.presentation.table import Table
from projects.models import Worker
from timesheets.filters import EntryFilter, ExpenseFilter, WeekFilter
from timesheets.models import Expense, TimeEntry


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


def _expense_address(expense: Expense) -> str:
    return reverse("expense", args=[expense.pk])


EXPENSES = Register(
    title="Expenses",
    table=Table(
        columns=(
            Column("spent_on", "Day", "day", sort="spent_on", link=_expense_address, lead=True),
            Column("category", "Category", read="category.name", detail="vendor"),
            Column("worker", "Person", read="worker.name", detail="worker.code"),
            Column("project", "Project", read="project.name", detail="project.code"),
            Column("paid", "Paid", "money", currency="currency_id"),
            Column("net", "Net", "money", currency="currency_id", total="net"),
            Column("billable", "Billable", "yes_no"),
            Column("policy_result", "Limits", "state", subject="expense limit"),
            Column("status", "State", "state", subject="expense"),
        ),
        order="-spent_on",
        noun=("expense", "expenses"),
        currency="currency_id",
        cursor=True,
    ),
    empty=Empty(
        "No expenses yet",
        "They are entered here, on the phone too, or sent over REST.",
        action=Link("New expense", "new/", "add"),
    ),
    filterset=ExpenseFilter,
    template="expenses/register.html",
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
