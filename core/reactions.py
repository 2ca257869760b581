"""Reactions: handlers of events, owed in the database and run until done.

A handler runs in one transaction with the mark that it is done, so its effect happens once.
Redis only wakes the runner; when the wake-up is lost, the next sweep finds the same rows.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from celery import current_app
from django.db import transaction
from django.db.models import F, Min, QuerySet
from django.utils import timezone
from kombu.pools import producers

from core.actors import Actor
from core.correlation import correlated
from core.observing.tracing import span

if TYPE_CHECKING:
    from core.models import Event, Reaction

# Whoever wakes may be a person waiting for an answer; kombu would try for six seconds.
_AT_ONCE = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}
Handler = Callable[["list[Event]"], None]
BATCH = 500
GIVE_UP_AFTER = 12

_HANDLERS: dict[str, Handler] = {}
_BY_TYPE: dict[str, list[str]] = {}
log = logging.getLogger(__name__)


def reacts_to(*types: str) -> Callable[[Handler], Handler]:
    """Register a handler for event types; it gets the events in order and must be idempotent."""

    def register(handler: Handler) -> Handler:
        name = f"{handler.__module__}.{handler.__name__}"
        _HANDLERS[name] = handler
        for type_ in types:
            _BY_TYPE.setdefault(type_, []).append(name)
        return handler

    return register


def handlers_of(type_: str) -> list[str]:
    """Return the names of the handlers of an event type."""
    return _BY_TYPE.get(type_, [])


def wake(task: str = "core.tasks.run_reactions") -> None:
    """Nudge a worker. A broker that cannot be reached costs time, never data: sweeps do the rest."""
    connection = current_app.connection_for_write()
    connection.transport_options |= _AT_ONCE
    try:
        with producers[connection].acquire(block=True) as producer:
            current_app.send_task(task, producer=producer, retry=False, expires=60)
    except Exception as error:
        # The change that wakes is committed by now: nothing a broker does may turn it into a failure.
        log.warning("could not wake %s: %s", task, error)


def run_reactions() -> int:
    """Run everything that is due, one handler's batch per transaction; return how many were done."""
    done = 0
    while (batch := _run_one_batch()) is not None:
        done += batch
    return done


def _run_one_batch() -> int | None:
    from core.models import Reaction

    due = Reaction.objects.filter(state=Reaction.State.PENDING, available_at__lte=timezone.now())
    for handler in due.values("handler").annotate(first=Min("id")).order_by("first"):
        with transaction.atomic():
            claimed = list(
                due.filter(handler=handler["handler"])
                .order_by("id")
                .select_for_update(skip_locked=True, of=("self",))
                .select_related("event")[:BATCH]
            )
            if claimed:
                return _react(handler["handler"], claimed)
    return None


def _react(name: str, claimed: "list[Reaction]") -> int:
    from core.models import Reaction

    rows = Reaction.objects.filter(pk__in=[reaction.pk for reaction in claimed])
    events = [reaction.event for reaction in claimed]
    try:
        causes = (event.traceparent for event in events)
        with correlated(events[0].correlation_id), span(name, caused_by=causes), transaction.atomic():
            _HANDLERS[name](events)
    except Exception as error:
        log.exception("%s failed for %s events", name, len(events))
        if len(claimed) > 1:
            # One event that cannot be handled must not hold back the others of its batch.
            return sum(_react(name, [reaction]) for reaction in claimed)
        _postpone(rows, name, claimed, error)
        return 0
    rows.update(state=Reaction.State.DONE, error="")
    return len(claimed)


def _postpone(rows: "QuerySet[Reaction]", name: str, claimed: "list[Reaction]", error: Exception) -> None:
    from core.exceptions import Cause, open_exception
    from core.models import Reaction

    attempts = max(reaction.attempts for reaction in claimed) + 1
    dead = attempts >= GIVE_UP_AFTER
    rows.update(
        attempts=F("attempts") + 1,
        state=Reaction.State.DEAD if dead else Reaction.State.PENDING,
        available_at=timezone.now() + timedelta(seconds=min(5 * 2**attempts, 3600)),
        error=f"{type(error).__name__}: {error}"[:2000],
    )
    if dead:
        first = claimed[0].event
        open_exception(
            Cause(
                code="reaction_failed",
                key=f"reaction_failed:{name}:{first.aggregate_id}",
                title=f"{first.type} could not be processed",
                object_type=first.aggregate_type,
                object_id=first.aggregate_id,
                kind="technical",
                flow="events",
                team="integration_support",
                legal_entity_id=first.legal_entity_id,
                evidence={"handler": name, "error": str(error)[:500]},
            ),
            actor=Actor.system("events"),
        )
