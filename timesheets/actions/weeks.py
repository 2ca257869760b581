"""The week of a worker: fill in, submit, take back."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import QuerySet

from core.actors import Actor
from core.errors import Forbidden, Invalid, Refusal, Stale
from core.events import record
from core.identifiers import uuid7
from core.rows import locked
from core.verbs import verb
from projects.models import Worker
from timesheets.actions.steps.single import declared
from timesheets.events import TimeRecorded, TimesheetRecalled
from timesheets.intake import noting, staging
from timesheets.intake.lines import OWN_SYSTEM, Line, read_line
from timesheets.intake.results import IntakeResult
from timesheets.intake.staging import Terms
from timesheets.models import TimeEntry, Timesheet
from timesheets.policies import may_record, reach
from timesheets.queries.weeks import EDITABLE, fingerprint
from timesheets.states import EntryKind, EntryStatus


class RefusedRows(Refusal):
    """Rows of a week were refused, so none of them was saved; `result` says which and why."""

    code = "rows_refused"
    status = 422

    def __init__(self, result: IntakeResult) -> None:
        first = result.refused[0]
        super().__init__(first.sentence, field=first.field)
        self.result = result


class NothingToSubmit(Invalid):
    """The week has no time at all."""

    code = "nothing_to_submit"


@dataclass(frozen=True)
class Cell:
    """One figure of the week sheet as it was typed; `entry_id` where it stands for a recorded entry.

    Empty hours take the entry away.
    """

    project: str
    task: str
    work_date: date
    hours: str
    work_type: str = ""
    location: str = ""
    note: str = ""
    entry_id: uuid.UUID | None = None


@verb
def record_week(
    worker_id: uuid.UUID,
    week: date,
    *,
    cells: Sequence[Cell],
    actor: Actor,
    on: date,
    seen: str | None = None,
    reason: str = "",
) -> IntakeResult:
    """Save the typed cells of a week as drafts: all of them or, if one is refused, none.

    `seen` is the fingerprint of the week the person looked at; when the week has changed since, the
    verb refuses as stale. Only drafts and rejected entries of the sheet itself are changed or removed,
    those of others only on projects in reach.
    Records timesheet.recorded once.
    """
    worker, sheet = _locked(worker_id, week, actor)
    entries = list(_entries(sheet))
    if seen is not None and seen != fingerprint(entries):
        raise Stale("This week was changed since you opened it: load it again.")
    known = {entry.pk: entry for entry in entries if _is_own_draft(entry)}
    # New rows are checked by project; what is emptied or moved away is checked here.
    _may_touch(actor, worker, [known[cell.entry_id] for cell in cells if cell.entry_id in known])
    lines = [
        _typed(worker, week, cell, known, row) for row, cell in enumerate(cells, 1) if cell.hours.strip()
    ]
    terms = Terms(actor, on)
    result = _accepted(lines, terms)
    cleared = {cell.entry_id for cell in cells if not cell.hours.strip()}
    emptied = [entry_id for entry_id in known if entry_id in cleared]
    TimeEntry.objects.filter(pk__in=emptied).delete()
    written = staging.write(terms)
    if written:
        noting.note_intake(submitted=False, removed=len(emptied))
    elif emptied and sheet:
        gone = known[emptied[0]]
        payload = TimeRecorded(worker.pk, worker.code, week, 0, Decimal(0), removed=len(emptied))
        record(sheet, payload, legal_entity_id=gone.project.legal_entity_id, effective_on=gone.work_date)
    return result


@verb
def submit_time(
    worker_id: uuid.UUID,
    week: date,
    *,
    actor: Actor,
    on: date,
    project_id: uuid.UUID | None = None,
    reason: str = "",
) -> IntakeResult:
    """Submit the drafts and rejected entries of a week, of one project or all: every one, or none.

    Each passes the common validation again, since projects and tasks may have closed. A week that is
    submitted already stays as it is; one without any time is refused. Records timesheet.submitted.
    """
    _, sheet = _locked(worker_id, week, actor)
    entries = [entry for entry in _entries(sheet) if project_id in (None, entry.project_id)]
    if not entries:
        raise NothingToSubmit("There is no time to submit in this week.")
    waiting = [entry for entry in entries if entry.status in EDITABLE and entry.kind == EntryKind.WORK]
    terms = Terms(actor, on, submit=True, resubmit=True)
    result = _accepted([_recorded(entry, row) for row, entry in enumerate(waiting, 1)], terms)
    if staging.write(terms):
        noting.note_intake(submitted=True)
    return result


@verb
def recall_time(
    worker_id: uuid.UUID, week: date, *, actor: Actor, project_id: uuid.UUID | None = None, reason: str = ""
) -> int:
    """Take submitted time of a week back to draft before anybody decides; return how many entries.

    Corrections are withdrawn instead. Refuses others' time on projects out of reach. Records
    timesheet.recalled once.
    """
    worker, sheet = _locked(worker_id, week, actor)
    submitted = [
        entry
        for entry in _entries(sheet)
        if entry.status == EntryStatus.SUBMITTED
        and entry.kind == EntryKind.WORK
        and project_id in (None, entry.project_id)
    ]
    if not submitted or sheet is None:
        return 0
    _may_touch(actor, worker, submitted)
    TimeEntry.objects.filter(pk__in=[entry.pk for entry in submitted]).update(
        status=EntryStatus.DRAFT, submitted_by=None, submitted_at=None
    )
    hours = sum((entry.hours for entry in submitted), Decimal(0))
    projects = sorted({entry.project.code for entry in submitted})
    payload = TimesheetRecalled(worker.pk, worker.code, week, len(submitted), hours, projects)
    record(sheet, payload, legal_entity_id=submitted[0].project.legal_entity_id, effective_on=week)
    return len(submitted)


def _locked(worker_id: uuid.UUID, week: date, actor: Actor) -> tuple[Worker, Timesheet | None]:
    """Lock the worker, then the week, in the order every intake locks them."""
    worker = locked(Worker, worker_id)
    may_record(actor, worker)
    if week.weekday():
        raise Invalid("A week begins on a Monday.", field="week")
    return worker, Timesheet.objects.select_for_update(no_key=True).filter(worker=worker, week=week).first()


def _entries(sheet: Timesheet | None) -> QuerySet[TimeEntry]:
    related = ("worker", "project__manager", "task", "work_type")
    return TimeEntry.objects.filter(timesheet=sheet).select_related(*related).order_by("work_date", "pk")


def _is_own_draft(entry: TimeEntry) -> bool:
    return entry.status in EDITABLE and entry.kind == EntryKind.WORK and entry.source_system == OWN_SYSTEM


def _accepted(lines: Sequence[Line], terms: Terms) -> IntakeResult:
    staging.check(lines, terms)
    result = staging.results(lines)
    if result.refused:
        raise RefusedRows(result)
    return result


def _typed(worker: Worker, week: date, cell: Cell, known: dict[uuid.UUID, TimeEntry], row: int) -> Line:
    if not week <= cell.work_date < week + timedelta(days=7):
        raise Invalid(f"{cell.work_date} lies outside this week.", field="work_date")
    entry = known.get(cell.entry_id) if cell.entry_id else None
    if cell.entry_id and entry is None:
        raise Stale("An entry you changed is no draft any more: load the week again.")
    values = {
        "worker": worker.code,
        "project": cell.project,
        "task": cell.task,
        "work_date": cell.work_date.isoformat(),
        "hours": cell.hours,
        "work_type": cell.work_type,
        "location": cell.location,
        "note": cell.note,
        "billable": declared(entry),
        "source_key": entry.source_key if entry else f"week-{uuid7()}",
    }
    return read_line(values, row, OWN_SYSTEM)


def _recorded(entry: TimeEntry, row: int) -> Line:
    return Line(
        row=row,
        worker=entry.worker.code,
        project=entry.project.code,
        task=entry.task.code,
        work_date=entry.work_date,
        hours=entry.hours,
        work_type=entry.work_type.code,
        location=entry.location,
        note=entry.note,
        billable=declared(entry),
        source_system=entry.source_system,
        source_key=entry.source_key,
    )


def _may_touch(actor: Actor, worker: Worker, entries: Sequence[TimeEntry]) -> None:
    if actor.user_id is not None and worker.user_id == actor.user_id:
        return
    rights = reach(actor.user, "time.enter_for_others")
    if foreign := [entry.project.code for entry in entries if not rights.covers(entry.project)]:
        raise Forbidden(f"You may not change time of {worker.name} on {foreign[0]}.")
