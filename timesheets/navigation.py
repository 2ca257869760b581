"""Where time stands in the shell."""

from django.http import HttpRequest

from core.pages import person_of
from core.permissions import holds
from core.presentation.counting import Countable
from core.presentation.navigation import Entry, registry
from timesheets.queries.visible import expenses_waiting_for, waiting_for


def weeks_to_approve(request: HttpRequest) -> Countable:
    """Return the slices and expenses that wait for the person."""
    user = person_of(request)
    if not holds(user, "time.approve"):
        return 0
    weeks = waiting_for(user).order_by().values("timesheet_id", "project_id").distinct()
    expenses = expenses_waiting_for(user).order_by().values("id", "project_id")
    return weeks.union(expenses, all=True)


registry.add(
    Entry(
        key="approvals",
        group="Work",
        label="Approvals",
        url_name="approvals",
        icon="approvals",
        permission="time.approve",
        count=weeks_to_approve,
        shortcut="A",
        order=20,
    ),
    Entry(
        key="timesheets",
        group="Work",
        label="Timesheets",
        url_name="timesheets",
        icon="timesheets",
        permission="time.view",
        shortcut="T",
        order=30,
    ),
    Entry(
        key="expenses",
        group="Work",
        label="Expenses",
        url_name="expenses",
        icon="expenses",
        permission="expense.view",
        shortcut="X",
        order=31,
    ),
)
