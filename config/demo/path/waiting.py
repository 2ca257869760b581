"""Let the workers do their part and wait for it; where none runs, do it here."""

import time
from collections.abc import Callable

from celery import current_app
from django.utils import timezone
from kombu.exceptions import OperationalError

from billing.models import BillingRun
from billing.states import RunStatus
from billing.tasks import advance_runs
from core.models import Reaction
from core.reactions import run_reactions
from integrations.models import Delivery, Process
from integrations.queries.deliveries import IN_FLIGHT
from integrations.relay import loop, stepping
from integrations.states import ProcessState

_PATIENCE = 120
_STALLED = 15
_PAUSE = 0.2


class TooSlow(RuntimeError):
    """Something that should have been done by now is not."""


def settle_events() -> None:
    """Run what events still owe, beside the workers, until nothing is due."""
    run_reactions()
    _wait(_due_reactions, run_reactions, "Events are still being processed")


def finish_run(run: BillingRun) -> BillingRun:
    """Have a started run proposed to its end; a worker may be at it already."""

    def unfinished() -> int:
        return BillingRun.objects.filter(pk=run.pk, status=RunStatus.RUNNING).count()

    advance_runs()
    _wait(unfinished, advance_runs, f"{run.number} does not come to its end")
    run.refresh_from_db()
    return run


def settle_processes() -> None:
    """Wait until no process has a step that could go on by itself."""
    settle_events()
    _wait(_running_processes, _advance_here, "Processes are still running")


def deliver(say: Callable[[str], object]) -> None:
    """Wait until no message to the ERP is on its way; tell how it goes."""
    settle_events()
    total = _in_flight()
    if not total:
        return
    if not _worker_answers():
        say("  No worker answers, so the messages are delivered here.")
        _deliver_here()
    _wait(_in_flight, _deliver_here, "Messages to the ERP are still on their way", patient=_STALLED)
    settle_events()


def _deliver_here() -> None:
    loop.deliver_due()
    run_reactions()


def _wait(left: Callable[[], int], help_out: Callable[[], object], trouble: str, patient: float = 1) -> None:
    """Wait until nothing is left; after `patient` seconds without progress help out."""
    until = time.monotonic() + _PATIENCE
    before, since = left(), time.monotonic()
    while before:
        time.sleep(_PAUSE)
        now = left()
        if now != before:
            before, since = now, time.monotonic()
        elif time.monotonic() - since > patient:
            help_out()
            since = time.monotonic()
        if time.monotonic() > until:
            raise TooSlow(f"{trouble} after {_PATIENCE} seconds: {now} left.")


def _advance_here() -> None:
    stepping.run_due_steps()
    run_reactions()


def _running_processes() -> int:
    return Process.objects.filter(state=ProcessState.RUNNING).count()


def _due_reactions() -> int:
    due = Reaction.objects.filter(state=Reaction.State.PENDING, available_at__lte=timezone.now())
    return due.count()


def _in_flight() -> int:
    return Delivery.objects.filter(state__in=IN_FLIGHT).count()


def _worker_answers() -> bool:
    try:
        # One answer is enough: without the limit all of the time is waited for more.
        return bool(current_app.control.ping(timeout=2, limit=1))
    except (OperationalError, OSError):
        return False
