"""Half a year of recorded time: sent by the worklog system, approved by managers, the rest still waiting."""

from datetime import date
from decimal import Decimal

from config.demo.calendar import WEEK, DemoCalendar
from config.demo.cast import Cast
from config.demo.firm.work import SOURCE_SYSTEM, Row, WorkPlan
from core.actors import Actor
from core.correlation import correlated
from projects.models import Project, Worker
from timesheets.actions.approvals import approve_time, reject_time
from timesheets.actions.intake import record_time
from timesheets.actions.weeks import Cell, record_week, submit_time
from timesheets.intake.lines import read_lines
from timesheets.models import TimeEntry
from timesheets.queries.slices import Slice
from timesheets.states import EntryStatus

# Some have not submitted last week yet, one has entered nothing at all.
_LATE = frozenset({"UK11", "US05", "DE04"})
_SILENT = frozenset({"US10"})


class RowsRefused(RuntimeError):
    """The generated rows contradict the rules of intake: a fault of the demo."""


def load_time(cast: Cast, plan: WorkPlan) -> int:
    """Take in the planned rows, approve what is old enough, and return how many entries there are."""
    calendar = plan.calendar
    herself = Worker.objects.get(user=cast.consultant.user).code
    sent: list[Row] = []
    typed: list[Row] = []
    for row in plan.rows():
        recent = _day(row) > calendar.approved_until
        if not (recent and row["worker"] in _SILENT):
            (typed if recent and row["worker"] == herself else sent).append(row)
    with correlated(None):
        _take_in([row for row in sent if not _is_draft(row, calendar)], cast.service, calendar, submit=True)
        _take_in([row for row in sent if _is_draft(row, calendar)], cast.service, calendar, submit=False)
    _approve(cast, calendar)
    with correlated(None):
        _type_in(typed, herself, cast, calendar)
    return TimeEntry.objects.count()


def _take_in(rows: list[Row], actor: Actor, calendar: DemoCalendar, *, submit: bool) -> None:
    lines = read_lines(rows, source_system=SOURCE_SYSTEM)
    result = record_time(lines, actor=actor, on=calendar.today, submit=submit)
    if result.refused:
        raise RowsRefused(f"{len(result.refused)} rows were refused, first: {result.refused[0]}")


def _approve(cast: Cast, calendar: DemoCalendar) -> None:
    """Let the project manager approve the own projects one by one, and the PMO everything else."""
    due = TimeEntry.objects.filter(status=EntryStatus.SUBMITTED, work_date__lte=calendar.approved_until)
    manager = cast.project_manager
    for project in Project.objects.select_related("manager").order_by("code"):
        time = due.filter(project=project)
        with correlated(None):
            if project.manager.user_id == manager.user_id:
                approve_time(time.exclude(worker__user=manager.user), actor=manager)
            approve_time(time, actor=cast.pmo)


def _type_in(rows: list[Row], code: str, cast: Cast, calendar: DemoCalendar) -> None:
    """Fill in the consultant's weeks by hand: last week is submitted and partly sent back."""
    worker = Worker.objects.get(code=code)
    for week in (calendar.this_monday - WEEK, calendar.this_monday):
        cells = _cells([row for row in rows if week <= _day(row) < week + WEEK])
        record_week(worker.pk, week, cells=cells, actor=cast.consultant, on=calendar.today)
    week = calendar.this_monday - WEEK
    submit_time(worker.pk, week, actor=cast.consultant, on=calendar.today)
    entry = TimeEntry.objects.filter(worker=worker, timesheet__week=week).order_by("project__code").last()
    if entry:
        part = Slice(worker.pk, entry.project_id, week)
        reject_time([part], actor=cast.project_manager, reason="Please split travel from work on site.")


def _cells(rows: list[Row]) -> list[Cell]:
    """Return the rows as somebody fills in a sheet: one figure per task and day, one note per task."""
    hours: dict[tuple[str, str, date], Decimal] = {}
    notes: dict[tuple[str, str], str] = {}
    for row in rows:
        key = (row["project"], row["task"], _day(row))
        hours[key] = hours.get(key, Decimal(0)) + Decimal(row["hours"])
        notes.setdefault(key[:2], row["note"])
    return [
        Cell(project, task, day, str(worked), note=notes[project, task])
        for (project, task, day), worked in hours.items()
    ]


def _is_draft(row: Row, calendar: DemoCalendar) -> bool:
    late = row["worker"] in _LATE and _day(row) > calendar.approved_until
    return late or _day(row) >= calendar.this_monday


def _day(row: Row) -> date:
    return date.fromisoformat(row["work_date"])
