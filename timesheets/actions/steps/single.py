"""One line through the common validation, for verbs that write it in their own way. A step."""

from datetime import date

from django.db import connection

from core.errors import Refusal
from timesheets.intake import staging
from timesheets.intake.lines import Line
from timesheets.intake.results import RowResult
from timesheets.intake.staging import Terms
from timesheets.models import TimeEntry, Timesheet


class RefusedLine(Refusal):
    """A line was refused; code, field and sentence are those of the common validation."""

    status = 422

    def __init__(self, result: RowResult) -> None:
        super().__init__(result.sentence, field=result.field)
        self.code = result.code
        self.result = result


def accepted(line: Line, terms: Terms) -> TimeEntry:
    """Return the line as an entry that is not saved yet, in its week; refuse what the validation refuses."""
    staging.check([line], terms)
    (result,) = staging.results([line]).rows
    if result.code:
        raise RefusedLine(result)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(_COLUMNS)}, week FROM time_checked")
        values = dict(zip((*_COLUMNS, "week"), cursor.fetchone() or (), strict=True))
    week: date = values.pop("week")
    entry = TimeEntry(**values)
    entry.timesheet = _week_of(entry, week)
    entry.source_system, entry.source_key = line.source_system, line.source_key
    return entry


def _week_of(entry: TimeEntry, week: date) -> Timesheet:
    week_of_worker = Timesheet.objects.filter(worker_id=entry.worker_id, week=week)
    return week_of_worker.first() or Timesheet.objects.create(worker_id=entry.worker_id, week=week)


_COLUMNS = (
    "worker_id",
    "project_id",
    "task_id",
    "work_date",
    "hours",
    "work_type_id",
    "location",
    "note",
    "billable",
)


def declared(entry: TimeEntry | None) -> bool | None:
    """Return False for an entry somebody took off the bill; else its task and work type decide."""
    free = entry and entry.task.billable and entry.work_type.billable and not entry.billable
    return False if free else None
