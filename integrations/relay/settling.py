"""Write down what the calls came to: many postings in one transaction, everything else one by one."""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import InterfaceError, OperationalError

from core.correlation import correlated
from integrations.actions import outcomes
from integrations.actions.steps.attempts import Attempt
from integrations.actions.steps.completing import Completion
from integrations.adapters import AuthFailed, CallFailed, Throttled, TooLate
from integrations.models import System
from integrations.relay import backoff, health
from integrations.relay.answers import Answer, Doubt, Fault, Message, Posted, Refused, Unsent
from integrations.relay.calling import Clock
from integrations.relay.claiming import RELAY

Heard = Sequence[tuple[Message, Answer]]
log = logging.getLogger(__name__)


class Settler:
    """Settles answers of one system; `halted` once it is to be left alone."""

    def __init__(self, system: System, clock: Clock) -> None:
        self._system = system
        self._clock = clock
        self._pauses: dict[CallFailed, datetime | None] = {}
        self.halted = False

    def settle(self, heard: Heard) -> None:
        """Note the system's health, then every message's outcome; a lost lease ends one without a trace."""
        for _, answer in heard:
            self._count_failure(answer)
        if any(isinstance(answer, Posted | Refused) for _, answer in heard):
            health.succeeded(self._system, now=self._clock())
        posted = [(message, answer) for message, answer in heard if isinstance(answer, Posted)]
        if posted:
            self._complete(posted)
        for message, answer in heard:
            with correlated(message.delivery.correlation_id):
                self._settle_alone(message, answer)

    def _count_failure(self, answer: Answer) -> None:
        """Count a failed call against the system, once for all messages it stopped."""
        error = answer.error if isinstance(answer, Unsent) else getattr(answer, "cause", None)
        if not isinstance(error, CallFailed) or isinstance(error, TooLate) or error in self._pauses:
            return
        self._pauses[error] = None
        if isinstance(error, Throttled):
            self._pauses[error] = health.throttled(self._system, error, now=self._clock())
        elif isinstance(error, AuthFailed):
            self._pauses[error] = health.locked_out(self._system, error, now=self._clock())
        elif not health.failed(self._system, error, now=self._clock()):
            return
        self.halted = True

    def _complete(self, posted: list[tuple[Message, Posted]]) -> None:
        completions = [
            Completion(message.delivery, _attempt(message), answer.document, answer.adopted)
            for message, answer in posted
        ]
        try:
            outcomes.complete_deliveries(completions, actor=RELAY)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            if len(posted) > 1:
                # One message that cannot be completed must not leave the others in doubt.
                for each in posted:
                    self._complete([each])
                return
            log.exception("%s could not be completed", posted[0][0].delivery)
            self._surrender(posted[0][0], error)

    def _settle_alone(self, message: Message, answer: Answer) -> None:
        match answer:
            case Refused():
                self._reject(message, answer)
            case Unsent():
                self._postpone(message, answer.error)
            case Doubt():
                self._doubt(message, answer)
            case Fault():
                self._surrender(message, answer.error)

    def _reject(self, message: Message, answer: Refused) -> None:
        outcomes.reject_delivery(
            message.delivery.pk,
            attempt=_attempt(message),
            refusal=answer.refusal,
            document=answer.document,
            may_exist=message.in_doubt,
            actor=RELAY,
        )

    def _postpone(self, message: Message, error: CallFailed) -> None:
        """Nothing was sent or kept: try again later, or bury the message when its time is up."""
        pause = self._clock() if isinstance(error, TooLate) else self._pauses.get(error)
        if pause is not None:
            self._settle_retry(message, error, until=pause, waited=0)
            return
        self._retry_or_bury(message, error)

    def _retry_or_bury(self, message: Message, error: Exception) -> None:
        wait = backoff.retry_wait(message.delivery.attempts + 1)
        if backoff.budget_spent(message.delivery.retry_seconds, wait):
            outcomes.bury_delivery(
                message.delivery.pk,
                attempt=_attempt(message),
                error=error,
                may_exist=message.in_doubt,
                actor=RELAY,
            )
            return
        self._settle_retry(message, error, until=backoff.in_seconds(self._clock(), wait), waited=wait)

    def _settle_retry(self, message: Message, error: Exception, *, until: datetime, waited: int) -> None:
        outcomes.postpone_delivery(
            message.delivery.pk,
            attempt=_attempt(message),
            error=error,
            until=until,
            waited=waited,
            may_exist=message.in_doubt,
            actor=RELAY,
        )

    def _doubt(self, message: Message, answer: Doubt) -> None:
        finds = message.delivery.finds + int(answer.looked)
        outcomes.doubt_delivery(
            message.delivery.pk,
            attempt=_attempt(message),
            error=answer.error,
            until=backoff.in_seconds(self._clock(), backoff.find_wait(finds)),
            looked=answer.looked,
            for_a_person=answer.for_a_person or backoff.finds_used_up(finds),
            actor=RELAY,
        )

    def _surrender(self, message: Message, error: Exception) -> None:
        """A fault in our own code: look first where something may have been sent."""
        if message.marked:
            self._doubt(message, Doubt(f"{type(error).__name__}: {error}"))
        else:
            self._retry_or_bury(message, error)


def _attempt(message: Message) -> Attempt:
    return Attempt(
        epoch=message.delivery.epoch,
        action=message.action,
        started_at=message.started_at,
        milliseconds=message.milliseconds,
    )
