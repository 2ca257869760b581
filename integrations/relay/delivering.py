"""Carry a wave of leased messages as far as they go: look first where one may exist, else send it.

As many go side by side as the system takes at once. Nothing is called inside a transaction, and nothing
in the database is touched by a call's thread. A worker may die between any two lines: before `mark_sent`
a message is sent again, after it the document is looked for.
"""

import logging
from collections.abc import Sequence

from django.db import InterfaceError, OperationalError

from integrations.actions.references import link_reference
from integrations.models import Delivery, System
from integrations.queries.parties import Introduction, introductions
from integrations.relay.answers import Absent, Answer, Fault, Message
from integrations.relay.calling import Caller, Clock
from integrations.relay.claiming import RELAY, give_back, mark_sent
from integrations.relay.lanes import Lanes
from integrations.relay.sending_time import sending_time
from integrations.relay.settling import Settler

log = logging.getLogger(__name__)


class Wave:
    """One worker's hold on the messages it claimed together, from claim to outcome."""

    def __init__(self, system: System, caller: Caller, *, lanes: Lanes, clock: Clock) -> None:
        self._system = system
        self._caller = caller
        self._lanes = lanes
        self._clock = clock
        self._settler = Settler(system, clock)

    def carry(self, claimed: Sequence[Delivery]) -> None:
        """Bring every message to its next state; what was not begun when the system halts is given back."""
        now = self._clock()
        messages = [Message.claimed(delivery, now) for delivery in claimed]
        absent = self._look([message for message in messages if message.delivery.sent])
        to_send = [message for message in messages if not message.delivery.sent or message in absent]
        ready = [(message, "") for message in to_send] if self._settler.halted else self._introduce(to_send)
        if self._settler.halted:
            give_back([message.delivery for message, _ in ready])
        elif ready:
            self._send(ready)

    def _look(self, messages: list[Message]) -> list[Message]:
        """Settle what is found or still in doubt; return what may be sent (again)."""
        absent: list[Message] = []
        for heard in self._lanes.run(self._caller.look, messages) if messages else ():
            absent += [message for message, answer in heard if isinstance(answer, Absent)]
            self._settler.settle([each for each in heard if not isinstance(each[1], Absent)])
        return absent

    def _introduce(self, messages: list[Message]) -> list[tuple[Message, str]]:
        """Make sure the system knows each bill-to; return the messages that can go, with its number there."""
        ready: list[tuple[Message, str]] = []
        asked = introductions([message.delivery for message in messages])
        concerned: dict[Introduction, list[Message]] = {}
        for message in messages:
            concerned.setdefault(asked[message.delivery.pk], []).append(message)

        def introduce(introduction: Introduction) -> str | Answer:
            return self._caller.introduce(introduction, concerned[introduction][0].delivery.correlation_id)

        for heard in self._lanes.run(introduce, list(concerned)):
            for introduction, answer in heard:
                outcome = self._linked(introduction, answer) if isinstance(answer, str) else answer
                if isinstance(outcome, str):
                    ready += [(message, outcome) for message in concerned[introduction]]
                else:
                    self._settler.settle([(message, outcome) for message in concerned[introduction]])
        return ready

    def _linked(self, introduction: Introduction, number: str) -> str | Fault:
        """Keep the bill-to's number there; one that cannot be kept is a fault of its own messages only."""
        if number == introduction.known_as:
            return number
        try:
            link_reference(
                self._system.pk,
                object_type=introduction.object_type,
                object_id=introduction.object_id,
                external_id=number,
                actor=RELAY,
            )
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            log.exception("%s could not be kept as %s", introduction.party.name, number)
            return Fault(error)
        return number

    def _send(self, ready: list[tuple[Message, str]]) -> None:
        """Commit that they may exist there from now on, send those still held, settle what is heard."""
        now = self._clock()
        held = mark_sent([message.delivery for message, _ in ready], now=now)
        lasting = sending_time(self._clock, now)

        def in_time() -> bool:
            return lasting() and not self._settler.halted

        customers = {message: customer for message, customer in ready if message.delivery.pk in held}
        for message, _ in ready:
            message.marked = message.delivery.pk in held
            if not message.marked:
                log.warning("%s lost its lease before it was sent", message.delivery)

        def send(message: Message) -> Answer:
            return self._caller.send(message, customers[message], in_time)

        for heard in self._lanes.run(send, list(customers)):
            self._settler.settle(heard)
