"""Payloads of what happens to recorded work and expenses. Hours are decimal hours; dates are inclusive."""

import uuid
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.events import event


@dataclass(frozen=True)
class _Week:
    worker_id: uuid.UUID
    worker: str
    week: date
    entries: int
    hours: Decimal


@event("timesheet.recorded")
@dataclass(frozen=True)
class TimeRecorded(_Week):
    """Draft time of a week was entered or changed; `entries` and `hours` are those written."""

    removed: int = 0


@event("timesheet.submitted")
@dataclass(frozen=True)
class TimesheetSubmitted(_Week):
    """Time of a week waits for approval."""

    projects: list[str]


@event("timesheet.recalled")
@dataclass(frozen=True)
class TimesheetRecalled(_Week):
    """Submitted time was taken back by those who submitted it."""

    projects: list[str]


@dataclass(frozen=True)
class _Slice(_Week):
    """The time of one worker on one project in one week."""

    contract_id: uuid.UUID
    project_id: uuid.UUID
    project: str
    first_on: date
    last_on: date


@event("time.approved")
@dataclass(frozen=True)
class TimeApproved(_Slice):
    """Submitted work became a fact; corrections come as time.corrected instead."""


@event("time.rejected")
@dataclass(frozen=True)
class TimeRejected(_Slice):
    """Submitted work, or an asked correction, was sent back."""

    reason: str


@dataclass(frozen=True)
class _Correction:
    """Approved work `before`, and what it is `after`: the hours are sums over `roots`.

    `roots` are the first entries of the chains. `contract_id` and `project_id` are where the work stood;
    `contract_ids` and `project_ids` also name where it went, so that both sides are priced.
    """

    worker_id: uuid.UUID
    worker: str
    contract_id: uuid.UUID
    project_id: uuid.UUID
    contract_ids: list[uuid.UUID]
    project_ids: list[uuid.UUID]
    roots: list[uuid.UUID]
    hours_before: Decimal
    hours_after: Decimal
    first_on: date
    last_on: date


@event("time.correction_submitted")
@dataclass(frozen=True)
class CorrectionSubmitted(_Correction):
    """A correction of approved work waits for a second person; nothing has changed yet."""

    entry_id: uuid.UUID


@event("time.correction_withdrawn")
@dataclass(frozen=True)
class CorrectionWithdrawn(_Correction):
    """A correction was withdrawn by those who asked for it."""

    entry_id: uuid.UUID


@event("time.corrected")
@dataclass(frozen=True)
class TimeCorrected(_Correction):
    """Approved work was replaced or taken back; what counts is the chain's replacement, if any."""


@dataclass(frozen=True)
class _Expense:
    """An expense; `net` is what it costs the firm and `tax` what is recovered, in `currency`."""

    worker_id: uuid.UUID
    worker: str
    contract_id: uuid.UUID
    project_id: uuid.UUID
    project: str
    category: str
    spent_on: date
    net: Decimal
    tax: Decimal
    currency: str
    root_id: uuid.UUID


@event("expense.recorded")
@dataclass(frozen=True)
class ExpenseRecorded(_Expense):
    """A draft was entered or changed."""


@event("expense.discarded")
@dataclass(frozen=True)
class ExpenseDiscarded(_Expense):
    """A draft was thrown away."""


@event("expense.submitted")
@dataclass(frozen=True)
class ExpenseSubmitted(_Expense):
    """An expense waits for approval."""


@event("expense.recalled")
@dataclass(frozen=True)
class ExpenseRecalled(_Expense):
    """A submitted expense was taken back."""


@event("expense.approved")
@dataclass(frozen=True)
class ExpenseApproved(_Expense):
    """An expense became a fact; corrections come as expense.corrected instead."""


@event("expense.rejected")
@dataclass(frozen=True)
class ExpenseRejected(_Expense):
    """A submitted expense was sent back."""

    reason: str


@dataclass(frozen=True)
class _ExpenseCorrection(_Expense):
    """An approved expense, and what it is after: `net_after` in `currency_after`, 0 where it never was.

    `contract_ids` name where it stood and where it went, so that both are priced.
    """

    contract_ids: list[uuid.UUID]
    net_after: Decimal
    currency_after: str


@event("expense.correction_submitted")
@dataclass(frozen=True)
class ExpenseCorrectionSubmitted(_ExpenseCorrection):
    """A correction of an approved expense waits for a second person; nothing has changed yet."""


@event("expense.correction_withdrawn")
@dataclass(frozen=True)
class ExpenseCorrectionWithdrawn(_ExpenseCorrection):
    """A correction was withdrawn by those who asked for it."""


@event("expense.correction_rejected")
@dataclass(frozen=True)
class ExpenseCorrectionRejected(_ExpenseCorrection):
    """A correction was refused by the second person; the expense counts as it was."""

    reason: str


@event("expense.corrected")
@dataclass(frozen=True)
class ExpenseCorrected(_ExpenseCorrection):
    """An approved expense was replaced or taken back; what counts is the replacement, if any."""
