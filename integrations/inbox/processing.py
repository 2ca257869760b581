"""Process messages that came in, one after another, beside other workers.

A message is claimed by a lease that it carries itself: commit, call, complete. A worker that dies leaves it
to the next one when the lease is over; completion counts only for the attempt that claimed it.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from core.correlation import correlated
from integrations.actions.inbox import reject_message
from integrations.actions.intake import tell_unreadable
from integrations.adapters import CallFailed
from integrations.connectors import connected_source
from integrations.inbox.intake import INTAKE, Clock, Connect, NoMapping, held_version, take_in
from integrations.models import InboxMessage
from integrations.relay.backoff import retry_wait
from integrations.sandbox_crm.mapping import CannotRead
from integrations.states import InboxState

LEASE = timedelta(minutes=2)
PATIENCE = timedelta(hours=24)
BATCH = 200


@dataclass(frozen=True)
class Announced:
    """What a message says: which deal, in which version."""

    deal: str
    version: int


def process_inbox(*, connect: Connect = connected_source, clock: Clock = timezone.now) -> int:
    """Process what is due, at most a batch; return how many messages were tried."""
    tried = 0
    while tried < BATCH and (message := _claim(clock())):
        with correlated(None):
            _process(message, connect, clock)
        tried += 1
    return tried


def _claim(now: datetime) -> InboxMessage | None:
    with transaction.atomic():
        due = InboxMessage.objects.filter(state=InboxState.WAITING, available_at__lte=now)
        row = due.order_by("received_at").select_for_update(skip_locked=True, of=("self",)).first()
        if row is None:
            return None
        row.attempts, row.available_at = row.attempts + 1, now + LEASE
        row.save(update_fields=["attempts", "available_at"])
    return InboxMessage.objects.select_related("system").get(pk=row.pk)


def _process(message: InboxMessage, connect: Connect, clock: Clock) -> None:
    announced = read(bytes(message.body))
    if announced is None:
        _reject(message, "The body names no deal with a version.", clock)
        return
    message.subject = announced.deal
    if held_version(message.system, announced.deal) >= announced.version:
        _complete(message, InboxState.SUPERSEDED, clock)
        return
    try:
        _fetch(message, announced, connect, clock)
    except CallFailed as failed:
        _wait(message, str(failed), retry_wait(message.attempts), clock)
    except NoMapping as missing:
        tell_unreadable(message.system_id, sentence=str(missing), actor=INTAKE)
        _wait(message, str(missing), retry_wait(message.attempts), clock)
    except CannotRead as unreadable:
        _reject(message, str(unreadable), clock)


def _fetch(message: InboxMessage, announced: Announced, connect: Connect, clock: Clock) -> None:
    """Take in the deal as its system holds it now: the message is only a hint."""
    with connect(message.system) as source:
        theirs = source.fetch(announced.deal)
    if theirs is None:
        _wait(message, f"There is no deal {announced.deal}.", 300, clock)
        return
    take_in(message.system, theirs, now=clock())
    tell_unreadable(message.system_id, sentence="", actor=INTAKE)
    _complete(message, InboxState.PROCESSED, clock)


def read(body: bytes) -> Announced | None:
    """Return what the body announces, or None where it is none of what we know."""
    try:
        data = json.loads(body)["data"]
        deal, version = data["id"], data["version"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if not isinstance(deal, str) or not 0 < len(deal) <= 80 or "\0" in deal:
        return None
    if isinstance(version, bool) or not isinstance(version, int) or not 0 < version < 2**53:
        return None
    return Announced(deal, version)


def _wait(message: InboxMessage, error: str, seconds: int, clock: Clock) -> None:
    """Try again later; what does not come to its end within a day is given to somebody."""
    if clock() - message.received_at > PATIENCE:
        _reject(message, error, clock)
        return
    mine = InboxMessage.objects.filter(pk=message.pk, attempts=message.attempts, state=InboxState.WAITING)
    again = clock() + timedelta(seconds=seconds)
    mine.update(available_at=again, error=error[:400], subject=message.subject)


def _reject(message: InboxMessage, error: str, clock: Clock) -> None:
    message.error = error[:400]
    if _complete(message, InboxState.REJECTED, clock):
        reject_message(message.pk, sentence=error, actor=INTAKE)


def _complete(message: InboxMessage, state: str, clock: Clock) -> bool:
    mine = InboxMessage.objects.filter(pk=message.pk, attempts=message.attempts, state=InboxState.WAITING)
    error = message.error if state == InboxState.REJECTED else ""
    return bool(mine.update(state=state, processed_at=clock(), error=error, subject=message.subject))
