"""Carry one leased step as far as it goes.

What is ours is done in one transaction with its completion. What another system does is called outside any
transaction, and begins with looking: a worker may die between any two lines and nothing is done twice.
"""

import logging
import time
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.utils import timezone

from core.correlation import correlated
from core.errors import Refusal
from integrations.actions import stepping
from integrations.actions.stepping import Confirmed, Trouble
from integrations.actions.steps.attempts import Attempt
from integrations.actions.steps.processing import held_step
from integrations.adapters import AuthFailed, CallFailed, OutcomeUnknown, Rejected, Throttled
from integrations.models import ProcessStep
from integrations.relay import backoff, health
from integrations.relay.calling import Clock
from integrations.relay.claiming import RELAY
from integrations.relay.leasing import mark_called
from integrations.relay.working import HERE, THERE, Connections
from integrations.states import AdapterClass

log = logging.getLogger(__name__)


class StepCarrier:
    """One worker's hold on one step, from claim to outcome."""

    def __init__(self, step: ProcessStep, *, connections: Connections, clock: Clock = timezone.now) -> None:
        self.step = step
        self.connections = connections
        self.clock = clock
        self.started_at = clock()
        self._began = time.monotonic()
        self._in_doubt = step.called
        self.action = "do" if step.system is None else "call"

    def carry(self) -> None:
        """Bring the step to its next state; a lost lease ends it without a trace."""
        with correlated(self.step.process.correlation):
            try:
                self._do() if self.step.system is None else self._call()
            except DatabaseError:
                raise
            except Exception as error:
                # A fault of ours: without an outcome the lease would expire and it would fail again at once.
                log.exception("%s of %s failed", self.step, self.step.process)
                self._retry_or_fail(error)

    def _do(self) -> None:
        """Do what is ours: its effect and the mark that it is done commit together, or not at all."""
        try:
            with transaction.atomic():
                if held_step(self.step.pk, self.step.epoch) is None:
                    return
                self._complete(HERE[self.step.work](self.step))
        except Refusal as refusal:
            self._stop(Trouble(refusal.code, refusal.sentence, refusal.field))

    def _call(self) -> None:
        system = self.step.system
        assert system is not None
        if self._in_doubt and system.adapter_class == AdapterClass.NOTHING:
            self._stop(Trouble("outcome_unknown", f"{system} cannot be searched: a person has to look."))
            return
        ask = THERE[self.step.work](self.step)
        if not mark_called(self.step, now=self.clock()):
            log.warning("%s lost its lease before it was called", self.step)
            return
        try:
            confirmed = ask(self.connections)
        except Rejected as refusal:
            health.succeeded(system, now=self.clock())
            self._stop(Trouble(refusal.code, refusal.sentence, refusal.field))
        except OutcomeUnknown as error:
            health.failed(system, error, now=self.clock())
            self._doubt(error)
        except CallFailed as error:
            self._postpone(error)
        else:
            health.succeeded(system, now=self.clock())
            self._complete(confirmed)

    def _complete(self, confirmed: Confirmed) -> None:
        stepping.complete_step(self.step.pk, attempt=self._attempt(), confirmed=confirmed, actor=RELAY)

    def _stop(self, trouble: Trouble) -> None:
        stepping.stop_step(self.step.pk, attempt=self._attempt(), trouble=trouble, actor=RELAY)

    def _doubt(self, error: OutcomeUnknown) -> None:
        """Nobody knows whether the system acted: it is looked at before anything is asked again."""
        system = self.step.system
        assert system is not None
        if backoff.finds_used_up(self.step.finds + 1):
            self._stop(Trouble("outcome_unknown", f"nobody knows whether {system} acted: {error}"))
            return
        wait = backoff.find_wait(self.step.finds)
        if system.adapter_class == AdapterClass.SEARCHABLE_REFERENCE:
            wait = max(wait, int(backoff.LEASE.total_seconds()) + system.commit_delay_seconds)
        self._later(error, until=self.clock() + timedelta(seconds=wait), in_doubt=True, looked=True)

    def _postpone(self, error: CallFailed) -> None:
        """Nothing was kept there: try again later, or give up when the time for it is used up."""
        system = self.step.system
        assert system is not None
        if isinstance(error, Throttled):
            self._later(error, until=health.throttled(system, error, now=self.clock()))
        elif isinstance(error, AuthFailed):
            self._later(error, until=health.locked_out(system, error, now=self.clock()))
        else:
            health.failed(system, error, now=self.clock())
            self._retry_or_fail(error)

    def _retry_or_fail(self, error: Exception) -> None:
        wait = backoff.retry_wait(self.step.attempts + 1)
        if backoff.budget_spent(self.step.retry_seconds, wait):
            stepping.fail_step(self.step.pk, attempt=self._attempt(), error=error, actor=RELAY)
            return
        self._later(error, until=backoff.in_seconds(self.clock(), wait), waited=wait)

    def _later(
        self,
        error: Exception,
        *,
        until: datetime,
        waited: int = 0,
        in_doubt: bool = False,
        looked: bool = False,
    ) -> None:
        stepping.postpone_step(
            self.step.pk,
            attempt=self._attempt(),
            error=error,
            until=until,
            waited=waited,
            may_have_acted=in_doubt or self._in_doubt,
            looked=looked,
            actor=RELAY,
        )

    def _attempt(self) -> Attempt:
        return Attempt(
            epoch=self.step.epoch,
            action=self.action,
            started_at=self.started_at,
            milliseconds=int((time.monotonic() - self._began) * 1000),
        )
