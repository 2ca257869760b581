"""Run what is due by the clock: one run per slot however many ask, missed slots in their order."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from core.actors import Actor
from core.exceptions import Cause, close_exceptions, open_exception
from core.locks import only_one
from core.models import ScheduleSlot
from core.scheduling.registry import Schedule, schedules
from core.states import SlotState
from core.verbs import acting

GIVE_UP_AFTER = 5
CAUGHT_UP = timedelta(days=31)
UNFINISHED = (SlotState.PENDING, SlotState.RUNNING, SlotState.RETRY)
_ACTOR = Actor.system("schedules")
log = logging.getLogger(__name__)


def run_schedules(jobs: Iterable[Schedule] | None = None, *, now: datetime | None = None) -> int:
    """Run every slot that is due; return how many ended, well or not.

    One process works on a job at a time, and a job's slots run oldest first: while one waits to be tried
    again, later ones wait behind it. After five tries a slot is given up, with an exception.
    """
    now = now or timezone.now()
    return sum(_work_off(schedule, now) for schedule in (schedules() if jobs is None else jobs))


def _work_off(schedule: Schedule, now: datetime) -> int:
    with only_one(f"schedule:{schedule.name}") as alone:
        if not alone:
            return 0
        _write_due(schedule, now)
        ended = 0
        while slot := _next(schedule, now):
            _run(schedule, slot)
            ended += 1
        return ended


def _write_due(schedule: Schedule, now: datetime) -> None:
    """Write the slots since the newest known one; a new job starts with its next slot."""
    last = ScheduleSlot.objects.filter(job=schedule.name).order_by("-due_at").first()
    if last is None:
        first = ScheduleSlot(job=schedule.name, due_at=schedule.last_due(now), state=SlotState.SKIPPED)
        first.outcome = "The schedule begins after this."
        ScheduleSlot.objects.bulk_create([first], ignore_conflicts=True)
        return
    missed = schedule.due_since(max(last.due_at, schedule.last_due(now) - CAUGHT_UP), now)
    slots = [ScheduleSlot(job=schedule.name, due_at=due_at) for due_at in missed]
    ScheduleSlot.objects.bulk_create(slots, ignore_conflicts=True)


def _next(schedule: Schedule, now: datetime) -> ScheduleSlot | None:
    """Mark the oldest unfinished slot as running and return it; None where it is not its time yet.

    The caller holds the job's lock: a slot that stands as running was left behind by a worker that died.
    """
    while slot := _oldest(schedule):
        if slot.attempts >= GIVE_UP_AFTER:
            _give_up(slot, slot.error or "The worker ended while the job ran.")
            continue
        if slot.state == SlotState.RETRY and slot.available_at > now:
            return None
        slot.attempts, slot.state, slot.started_at = slot.attempts + 1, SlotState.RUNNING, timezone.now()
        slot.save(update_fields=["attempts", "state", "started_at"])
        return slot
    return None


def _oldest(schedule: Schedule) -> ScheduleSlot | None:
    unfinished = ScheduleSlot.objects.filter(job=schedule.name, state__in=UNFINISHED)
    return unfinished.order_by("due_at").first()


def _run(schedule: Schedule, slot: ScheduleSlot) -> None:
    try:
        outcome = schedule.run(slot.due_at)
    except Exception as error:
        log.exception("%s failed", slot)
        _postpone(slot, f"{type(error).__name__}: {error}"[:2000])
        return
    done = {"state": SlotState.DONE, "outcome": outcome[:400], "error": "", "finished_at": timezone.now()}
    if not _attempt(slot).update(**done):
        return
    with acting(_ACTOR):
        close_exceptions([_key(slot)], resolution="It ran again.", actor=_ACTOR)


def _postpone(slot: ScheduleSlot, error: str) -> None:
    if slot.attempts >= GIVE_UP_AFTER:
        _give_up(slot, error)
        return
    again = timezone.now() + timedelta(minutes=2**slot.attempts)
    _attempt(slot).update(state=SlotState.RETRY, error=error, available_at=again)


def _give_up(slot: ScheduleSlot, error: str) -> None:
    _attempt(slot).update(state=SlotState.FAILED, error=error, finished_at=timezone.now())
    cause = Cause(
        code="schedule_failed",
        key=_key(slot),
        title=f"{slot.job} was given up",
        object_type="core.scheduleslot",
        object_id=slot.pk,
        kind="technical",
        object_label=str(slot),
        flow="schedules",
        team="integration_support",
        evidence={"sentence": error[:500], "due": f"{slot.due_at:%Y-%m-%d %H:%M} UTC"},
    )
    with acting(_ACTOR):
        open_exception(cause, actor=_ACTOR)


def _attempt(slot: ScheduleSlot) -> QuerySet[ScheduleSlot]:
    """Return this try's row: nothing where another worker took the slot over meanwhile."""
    return ScheduleSlot.objects.filter(pk=slot.pk, attempts=slot.attempts, state__in=UNFINISHED)


def _key(slot: ScheduleSlot) -> str:
    return f"schedule_failed:{slot.job}"
