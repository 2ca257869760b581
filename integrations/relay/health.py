"""Whether a system may be called: breaker, throttling, lock-out; all in its row, shared by every worker."""

from datetime import datetime, timedelta

from django.db.models import Q

from core.actors import Actor
from core.exceptions import Cause, close_exceptions, open_exception
from core.verbs import acting
from integrations.adapters import AuthFailed, CallFailed, Throttled
from integrations.models import System
from integrations.relay.backoff import BREAKER_AFTER, THROTTLE_DEFAULT, breaker_wait, in_seconds

_RELAY = Actor.system("relay")
LOCKED_OUT = timedelta(minutes=10)


def succeeded(system: System, *, now: datetime) -> None:
    """Forget failures and pauses that are over: the system answered."""
    troubled = Q(consecutive_failures__gt=0) | (Q(paused_until__lte=now) & Q(paused_by=""))
    if not System.objects.filter(troubled, pk=system.pk).exists():
        return
    with acting(_RELAY):
        row = System.objects.select_for_update(no_key=True).get(pk=system.pk)
        # A pause that another worker was asked to keep meanwhile stands; the breaker's own does not.
        over = row.consecutive_failures >= BREAKER_AFTER or (row.paused_until and row.paused_until <= now)
        row.consecutive_failures = 0
        if over:
            row.paused_until = None
        if over and not row.paused_by:
            row.pause_reason = ""
        row.save(update_fields=["consecutive_failures", "paused_until", "pause_reason"])
        close_exceptions(_keys(system), actor=_RELAY, resolution="The system answers again.")


def failed(system: System, error: CallFailed, *, now: datetime) -> bool:
    """Count a failed call; from the fifth in a row on the system rests, longer each time, and is probed.

    Returns whether it rests now.
    """
    with acting(_RELAY, str(error)[:240]):
        row = System.objects.select_for_update(no_key=True).get(pk=system.pk)
        failures = row.consecutive_failures + 1
        pause = breaker_wait(failures)
        System.objects.filter(pk=system.pk).update(
            consecutive_failures=failures,
            paused_until=in_seconds(now, pause) if pause else row.paused_until,
            pause_reason=f"{failures} calls in a row failed: {error}"[:240] if pause else row.pause_reason,
        )
        if failures >= BREAKER_AFTER:
            _open(system, "system_unreachable", f"{system} does not answer", error)
    return bool(pause)


def throttled(system: System, error: Throttled, *, now: datetime) -> datetime:
    """Pause the system for everybody as long as it asks; return until when."""
    until = in_seconds(now, error.retry_after or THROTTLE_DEFAULT)
    with acting(_RELAY, str(error)[:240]):
        System.objects.filter(pk=system.pk).update(paused_until=until, pause_reason="It asked us to wait.")
    return until


def locked_out(system: System, error: AuthFailed, *, now: datetime) -> datetime:
    """Pause the system whose credentials are refused, with an exception; return until when."""
    until = now + LOCKED_OUT
    with acting(_RELAY, str(error)[:240]):
        System.objects.filter(pk=system.pk).update(
            paused_until=until, pause_reason=f"It refuses our credentials: {error}"[:240]
        )
        _open(system, "auth_failed", f"{system} refuses our credentials", error)
    return until


def _open(system: System, code: str, title: str, error: CallFailed) -> None:
    open_exception(
        Cause(
            code=code,
            key=f"{code}:{system.code}",
            title=title,
            object_type="integrations.system",
            object_id=system.pk,
            object_label=system.code,
            kind="technical",
            flow="invoice_delivery",
            team="integration_support",
            evidence={"error": str(error)[:500]},
        ),
        actor=_RELAY,
    )


def _keys(system: System) -> list[str]:
    return [f"{code}:{system.code}" for code in ("system_unreachable", "auth_failed")]
