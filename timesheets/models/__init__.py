from timesheets.models.entries import Approval, TimeEntry, Timesheet, WorkType

__all__ = ["Approval", "TimeEntry", "Timesheet", "WorkType"]
