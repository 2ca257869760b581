"""The calls about one message, on a thread of their own: no database in here.

Every way a call may end becomes an answer, so that one message's trouble stays its own.
"""

import functools
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Concatenate, ParamSpec

from core.correlation import correlated
from core.observing.tracing import span
from integrations.adapters import (
    Adapter,
    AlreadyThere,
    CallFailed,
    InTime,
    OutcomeUnknown,
    Rejected,
    TheirDocument,
)
from integrations.models import Delivery
from integrations.queries.parties import Introduction
from integrations.relay import backoff
from integrations.relay.answers import Absent, Answer, Doubt, Fault, Message, Posted, Refused, Unsent
from integrations.states import AdapterClass

P = ParamSpec("P")
Clock = Callable[[], datetime]
log = logging.getLogger(__name__)
_SAME_KEY_IS_SAFE = frozenset({AdapterClass.NATIVE_KEY, AdapterClass.UNIQUE_REFERENCE})


def _about_the_message(
    call: Callable[Concatenate["Caller", Message, P], Answer],
) -> Callable[Concatenate["Caller", Message, P], Answer]:
    """Call under the message's correlation id, traced from its cause; a fault of ours is an answer too."""

    @functools.wraps(call)
    def heard(self: "Caller", message: Message, /, *args: P.args, **kwargs: P.kwargs) -> Answer:
        delivery = message.delivery
        with (
            correlated(delivery.correlation_id),
            span(f"delivery {call.__name__}", caused_by=[delivery.traceparent]),
        ):
            try:
                return call(self, message, *args, **kwargs)
            except Exception as error:
                log.exception("%s failed", delivery)
                return Fault(error)
            finally:
                message.hear()

    return heard


class Caller:
    """One system's adapter as the relay uses it."""

    def __init__(self, adapter: Adapter, clock: Clock) -> None:
        self._adapter = adapter
        self._clock = clock
        self._introduced: dict[Introduction, str] = {}

    @_about_the_message
    def look(self, message: Message) -> Answer:
        """Look for a document that may exist there; found, it is posted where it is a draft."""
        delivery = message.delivery
        if delivery.system.adapter_class == AdapterClass.NOTHING:
            sentence = "This system cannot be searched: a person has to look."
            return Doubt(sentence, looked=True, for_a_person=True)
        asked_at = self._clock()
        try:
            found = self._adapter.find(delivery.operation_id, str(delivery.payload["company"]))
        except CallFailed as error:
            return Doubt(str(error), cause=error)
        if found:
            return self._finish(message, found[0], adopted=True)
        if may_send_again(delivery, asked_at):
            return Absent()
        return Doubt("It was looked for and is not there (yet).", looked=True)

    def introduce(self, introduction: Introduction, correlation_id: str) -> str | Answer:
        """Make sure the system knows the bill-to; return its number there.

        Asked once per connection while our facts stay the same and the system refuses nothing.
        """
        if introduction in self._introduced:
            return self._introduced[introduction]
        try:
            with correlated(correlation_id):
                number = self._adapter.ensure_party(introduction.party, introduction.known_as)
        except Rejected as refusal:
            return Refused(refusal)
        except CallFailed as error:
            return Unsent(error)
        except Exception as error:
            log.exception("%s could not be introduced", introduction.party.name)
            return Fault(error)
        self._introduced[replace(introduction, known_as=number)] = number
        return number

    @_about_the_message
    def send(self, message: Message, customer: str, in_time: InTime) -> Answer:
        """Create the document and post it; not one byte of it is written once the time to send is over."""
        message.action = "send"
        delivery = message.delivery
        try:
            document = self._adapter.create(delivery.payload, delivery.operation_id, customer, in_time)
        except Rejected as refusal:
            # It may be about the customer as it is there by now.
            self._introduced.clear()
            return Refused(refusal)
        except AlreadyThere:
            return self._look_once_more(message)
        except OutcomeUnknown as error:
            return Doubt(str(error), cause=error)
        except CallFailed as error:
            return Unsent(error)
        return self._finish(message, document, adopted=False)

    def _look_once_more(self, message: Message) -> Answer:
        """The system holds our operation id: an earlier try has landed."""
        delivery, cause = message.delivery, None
        try:
            found = self._adapter.find(delivery.operation_id, str(delivery.payload["company"]))
        except CallFailed as error:
            found, cause = [], error
        if found:
            return self._finish(message, found[0], adopted=True)
        return Doubt("The system has it under our key but does not show it yet.", cause=cause)

    def _finish(self, message: Message, document: TheirDocument, *, adopted: bool) -> Answer:
        if adopted:
            message.action = "adopt"
        try:
            return Posted(self._adapter.finish(document), adopted)
        except Rejected as refusal:
            self._introduced.clear()
            return Refused(refusal, document)
        except CallFailed as error:
            return Doubt(f"{document.number} exists; posting it: {error}", cause=error)


def may_send_again(delivery: Delivery, asked_at: datetime) -> bool:
    """Say whether absent when asked means never: the key protects us, or it would have shown by then."""
    if delivery.system.adapter_class in _SAME_KEY_IS_SAFE:
        return True
    if delivery.sent_at is None:
        return False
    longest = backoff.LEASE.total_seconds() + delivery.system.commit_delay_seconds
    return asked_at >= backoff.in_seconds(delivery.sent_at, int(longest))
