from timesheets.models.entries import Approval, TimeEntry, Timesheet, WorkType
from timesheets.models.expenses import Expense

__all__ = ["Approval", "Expense", "TimeEntry", "Timesheet", "WorkType"]
