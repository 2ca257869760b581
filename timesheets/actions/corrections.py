"""Correct approved time: a reversal and, unless the work never happened, a replacement."""

import uuid
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.utils import timezone

from core.actors import Actor
from core.errors import Forbidden, Invalid, NotFound, Refusal
from core.events import record
from core.identifiers import uuid7
from core.verbs import verb
from projects.models import Task, Worker
from timesheets.actions.approvals import ReasonMissing
from timesheets.actions.steps.single import accepted, declared
from timesheets.events import CorrectionSubmitted, CorrectionWithdrawn
from timesheets.intake.lines import OWN_SYSTEM, Line, read_line
from timesheets.intake.staging import Terms
from timesheets.models import TimeEntry, Timesheet
from timesheets.policies import reach
from timesheets.states import ENTRY, EntryKind, EntryStatus

_FACTS = ("task_id", "work_date", "hours", "work_type_id", "location", "note", "billable")


class Changes(TypedDict, total=False):
    """What was right instead; what is left out stays. The task decides the project."""

    task_id: uuid.UUID
    work_date: date
    hours: Decimal
    work_type: str
    location: str
    note: str
    billable: bool


class CorrectionPending(Refusal):
    """An entry is corrected once at a time."""

    code = "correction_pending"


class NothingChanges(Invalid):
    """A correction that says what is recorded already."""

    code = "nothing_changes"


@dataclass(frozen=True)
class Correction:
    """The two halves that wait for approval; without a replacement the work never happened."""

    original: TimeEntry
    reversal: TimeEntry
    replacement: TimeEntry | None


@verb
def correct_time(
    entry_id: uuid.UUID,
    *,
    actor: Actor,
    on: date,
    reason: str,
    void: bool = False,
    **changes: Unpack[Changes],
) -> Correction:
    """Ask for a correction of an approved entry; it counts as it is until another person approves.

    The replacement passes the validation of all time, except that its own project and task may have
    closed. Refuses entries that are not approved, a second correction while one waits, and one that
    changes nothing. Records time.correction_submitted.
    """
    if not reason.strip():
        raise ReasonMissing("Say why the approved time is wrong.", field="reason")
    original = _locked(entry_id, changes.get("work_date"))
    _may_correct(actor, original)
    ENTRY.check(original.status, EntryStatus.CORRECTED, label="This time entry")
    if original.kind == EntryKind.REVERSAL:
        raise Invalid("A reversal is corrected with the entry it takes back.")
    if _pending(original):
        raise CorrectionPending("A correction of this entry waits for approval already: decide on it first.")
    reversal = _reversal(original, actor)
    replacement = None if void else _replacement(original, changes, actor, on)
    correction = Correction(original, reversal, replacement)
    payload = CorrectionSubmitted(entry_id=original.pk, **_told(correction))
    record(original.timesheet, payload, legal_entity_id=original.project.legal_entity_id)
    return correction


@verb
def withdraw_correction(entry_id: uuid.UUID, *, actor: Actor, reason: str = "") -> TimeEntry:
    """Withdraw the waiting correction of an approved entry, which counts on unchanged.

    Without a waiting correction nothing happens. Records time.correction_withdrawn.
    """
    original = _locked(entry_id, None)
    _may_correct(actor, original)
    halves = {entry.kind: entry for entry in _pending(original)}
    if halves:
        TimeEntry.objects.filter(pk__in=[entry.pk for entry in halves.values()]).update(
            status=EntryStatus.REJECTED, rejection_reason=f"Withdrawn. {reason}".strip()[:500]
        )
        correction = Correction(original, halves[EntryKind.REVERSAL], halves.get(EntryKind.REPLACEMENT))
        payload = CorrectionWithdrawn(entry_id=original.pk, **_told(correction))
        record(original.timesheet, payload, legal_entity_id=original.project.legal_entity_id)
    return original


def _locked(entry_id: uuid.UUID, other_date: date | None) -> TimeEntry:
    """Lock worker and weeks in the order every intake locks them, then read the entry."""
    found = TimeEntry.objects.filter(pk=entry_id).values_list("worker_id", "work_date").first()
    if found is None:
        raise NotFound("This time entry does not exist.")
    worker_id, work_date = found
    weeks = {day - timedelta(days=day.weekday()) for day in (work_date, other_date or work_date)}
    list(Worker.objects.select_for_update(no_key=True).filter(pk=worker_id))
    sheets = Timesheet.objects.filter(worker_id=worker_id, week__in=weeks).order_by("pk")
    list(sheets.select_for_update(no_key=True))
    related = ("worker", "timesheet", "task__project", "work_type", "project__contract", "project__manager")
    return TimeEntry.objects.select_related(*related).get(pk=entry_id)


def _may_correct(actor: Actor, entry: TimeEntry) -> None:
    own = actor.user_id is not None and entry.worker.user_id == actor.user_id
    if own and reach(actor.user, "time.enter").own:
        return
    if not reach(actor.user, "time.enter_for_others").covers(entry.project):
        raise Forbidden(f"You may not correct time of {entry.worker.name} on {entry.project.code}.")


def _pending(original: TimeEntry) -> list[TimeEntry]:
    halves = TimeEntry.objects.filter(corrects=original, status=EntryStatus.SUBMITTED)
    return list(halves.select_related("project"))


def _reversal(original: TimeEntry, actor: Actor) -> TimeEntry:
    reversal = TimeEntry(
        worker_id=original.worker_id,
        project_id=original.project_id,
        work_date=original.work_date,
        timesheet=original.timesheet,
        source_key=f"reversal-{uuid7()}",
        **{name: getattr(original, name) for name in _FACTS if name not in {"hours", "work_date"}},
    )
    reversal.hours = -original.hours
    return _saved(reversal, original, EntryKind.REVERSAL, actor)


def _replacement(original: TimeEntry, changes: Changes, actor: Actor, on: date) -> TimeEntry:
    line = _line(original, changes)
    replacement = accepted(line, Terms(actor, on, submit=True))
    if all(getattr(replacement, name) == getattr(original, name) for name in _FACTS):
        raise NothingChanges("This is what is recorded already: change something, or void the entry.")
    return _saved(replacement, original, EntryKind.REPLACEMENT, actor)


def _saved(entry: TimeEntry, original: TimeEntry, kind: EntryKind, actor: Actor) -> TimeEntry:
    entry.kind, entry.root_id, entry.corrects = kind, original.root_id, original
    entry.status, entry.submitted_at = EntryStatus.SUBMITTED, timezone.now()
    entry.submitted_by = actor.user
    entry.save(force_insert=True)
    return entry


def _line(original: TimeEntry, changes: Changes) -> Line:
    task = _task(original, changes.get("task_id", original.task_id))
    values = {
        "worker": original.worker.code,
        "project": task.project.code,
        "task": task.code,
        "work_date": changes.get("work_date", original.work_date).isoformat(),
        "hours": changes.get("hours", original.hours),
        "work_type": changes.get("work_type", original.work_type.code),
        "location": changes.get("location", original.location),
        "note": changes.get("note", original.note),
        "billable": changes.get("billable", declared(original)),
        "source_key": f"replacement-{uuid7()}",
    }
    return replace(read_line(values, 1, OWN_SYSTEM), settled=task == original.task)


def _task(original: TimeEntry, task_id: uuid.UUID) -> Task:
    if task_id == original.task_id:
        return original.task
    task = Task.objects.select_related("project").filter(pk=task_id).first()
    if task is None:
        raise Invalid("There is no such task.", field="task_id")
    return task


def _told(correction: Correction) -> dict[str, Any]:
    original, replacement = correction.original, correction.replacement
    now = replacement or original
    return {
        "worker_id": original.worker_id,
        "worker": original.worker.code,
        "contract_id": original.project.contract_id,
        "project_id": original.project_id,
        "contract_ids": sorted({original.project.contract_id, now.project.contract_id}),
        "project_ids": sorted({original.project_id, now.project_id}),
        "roots": [original.root_id],
        "hours_before": original.hours,
        "hours_after": replacement.hours if replacement else Decimal(0),
        "first_on": min(original.work_date, now.work_date),
        "last_on": max(original.work_date, now.work_date),
    }
