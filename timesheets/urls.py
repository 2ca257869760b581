"""Addresses of time: week sheets, entries, approvals."""

from datetime import date

from django.urls import path, register_converter

from timesheets.tables.week import day_of
from timesheets.views import approvals, entries, expense_approvals, expenses, week


class DayConverter:
    """A day in an address: 2026-11-02."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        """Return the day; a day that does not exist is no match."""
        return day_of(value)

    def to_url(self, value: date) -> str:
        """Return the day as it is written in an address."""
        return value.isoformat()


register_converter(DayConverter, "day")

urlpatterns = [
    path("timesheets/", week.own_week, name="timesheets"),
    path("timesheets/team/", entries.team_weeks, name="team_weeks"),
    path("timesheets/entries/", entries.time_entries, name="time_entries"),
    path("timesheets/entries/<uuid:pk>/", entries.time_entry, name="time_entry"),
    path("timesheets/entries/<uuid:pk>/correct/", entries.correct, name="time_entry_correct"),
    path("timesheets/entries/<uuid:pk>/withdraw/", entries.withdraw, name="time_entry_withdraw"),
    path("timesheets/<str:worker>/<day:week>/", week.week, name="week"),
    path("expenses/", expenses.expenses, name="expenses"),
    path("expenses/new/", expenses.expense_new, name="expense_new"),
    path("expenses/<uuid:pk>/", expenses.expense, name="expense"),
    path("expenses/<uuid:pk>/edit/", expenses.expense_edit, name="expense_edit"),
    path("expenses/<uuid:pk>/correct/", expenses.expense_correct, name="expense_correct"),
    path("expenses/<uuid:pk>/receipt/", expenses.expense_receipt, name="expense_receipt"),
    path("expenses/<uuid:pk>/do/<slug:kind>/", expenses.expense_act, name="expense_act"),
    path("approvals/expenses/", expense_approvals.approvals, name="expense_approvals"),
    path("approvals/expenses/approve/", expense_approvals.approve, name="expense_approvals_approve"),
    path("approvals/expenses/reject/", expense_approvals.reject, name="expense_approvals_reject"),
    path("approvals/", approvals.approvals, name="approvals"),
    path("approvals/approve/", approvals.approve, name="approvals_approve"),
    path("approvals/clean/", approvals.approve_clean, name="approvals_clean"),
    path("approvals/reject/", approvals.reject, name="approvals_reject"),
]
