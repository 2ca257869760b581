"""Take in messages of other systems: stored raw at once, processed later."""

import hashlib
import uuid

from django.db import connection, transaction

from core.actors import Actor
from core.errors import Refusal
from core.events import record
from core.exceptions import Cause, open_exception
from core.reactions import wake
from core.verbs import verb
from integrations.events import MessageDisputed
from integrations.models import InboxMessage, System
from integrations.states import InboxState


class OtherBody(Refusal):
    """The event id is taken by a message with another body."""

    code = "event_id_reused"


@verb
def receive_message(
    system_id: uuid.UUID, *, event_id: str, body: bytes, headers: dict[str, str], actor: Actor
) -> InboxMessage:
    """Store an authentic message; the same one again returns what is stored.

    Another body under a known event id is kept beside it and alarms somebody; nothing is overwritten.
    Records inbox_message.disputed then. The message is processed by a task.
    """
    _one_at_a_time(system_id, event_id)
    known = InboxMessage.objects.filter(system_id=system_id, event_id=event_id)
    values = {
        "body": body,
        "headers": headers,
        "state": InboxState.CONFLICT if known.exists() else InboxState.WAITING,
    }
    digest = hashlib.sha256(body).hexdigest()
    message, created = InboxMessage.objects.get_or_create(
        system_id=system_id, event_id=event_id, body_sha256=digest, defaults=values
    )
    if created and message.state == InboxState.CONFLICT:
        _dispute(message, actor)
    if created:
        transaction.on_commit(lambda: wake("integrations.tasks.process_inbox"))
    return message


def _one_at_a_time(system_id: uuid.UUID, event_id: str) -> None:
    with connection.cursor() as cursor:
        name = f"inbox:{system_id}:{event_id}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def _dispute(message: InboxMessage, actor: Actor) -> None:
    system = System.objects.get(pk=message.system_id)
    cause = Cause(
        code="inbox_conflict",
        key=f"inbox_conflict:{system.pk}:{message.event_id}",
        title=f"{system} sent the event {message.event_id} twice with different bodies",
        object_type="integrations.inboxmessage",
        object_id=message.pk,
        object_label=message.event_id[:160],
        kind="technical",
        flow="inbox",
        team="integration_support",
        evidence={"sentence": "The first body counts; the other one is kept as evidence."},
    )
    open_exception(cause, actor=actor)
    record(message, MessageDisputed(system.code, message.event_id))


@verb
def reject_message(message_id: uuid.UUID, *, sentence: str, actor: Actor) -> None:
    """Alarm somebody about a message, or deal, that cannot be taken in; it opens one exception."""
    message = InboxMessage.objects.select_related("system").get(pk=message_id)
    cause = Cause(
        code="inbox_rejected",
        key=f"inbox_rejected:{message.pk}",
        title=f"A message of {message.system} could not be taken in",
        object_type="integrations.inboxmessage",
        object_id=message.pk,
        object_label=message.event_id[:160],
        kind="technical",
        flow="inbox",
        team="integration_support",
        evidence={"sentence": sentence},
    )
    open_exception(cause, actor=actor)
