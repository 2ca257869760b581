"""Carry one leased message as far as it goes: look first where it may exist, else send it.

Nothing is called inside a transaction. A worker may die between any two lines: before `mark_sent` the
message is sent again, after it the document is looked for.
"""

import logging
import time
import uuid
from collections.abc import Callable
from datetime import datetime

from django.db import DatabaseError
from django.utils import timezone

from core.correlation import correlated
from integrations.actions import outcomes
from integrations.actions.references import link_reference
from integrations.actions.steps.attempts import Attempt
from integrations.adapters import (
    Adapter,
    AlreadyThere,
    AuthFailed,
    CallFailed,
    OutcomeUnknown,
    Rejected,
    TheirDocument,
    Throttled,
)
from integrations.models import Delivery
from integrations.queries.parties import party_of
from integrations.relay import backoff, health
from integrations.relay.claiming import RELAY, mark_sent
from integrations.states import AdapterClass

Clock = Callable[[], datetime]
log = logging.getLogger(__name__)
_SAME_KEY_IS_SAFE = frozenset({AdapterClass.NATIVE_KEY, AdapterClass.UNIQUE_REFERENCE})


class Carrier:
    """One worker's hold on one message, from claim to outcome."""

    def __init__(self, delivery: Delivery, adapter: Adapter, *, clock: Clock = timezone.now) -> None:
        self.delivery = delivery
        self.adapter = adapter
        self.clock = clock
        self.started_at = clock()
        self._began = time.monotonic()
        self._marked = delivery.sent
        self.action = "find" if delivery.sent else "send"

    def carry(self) -> None:
        """Bring the message to its next state; a lost lease ends it without a trace."""
        with correlated(self.delivery.correlation_id):
            try:
                self._look() if self.delivery.sent else self._send()
            except DatabaseError:
                raise
            except Exception as error:
                # A fault of ours: without an outcome the lease would expire and it would fail again at once.
                log.exception("%s failed", self.delivery)
                self._surrender(error)

    def _look(self) -> None:
        if self.delivery.system.adapter_class == AdapterClass.NOTHING:
            self._doubt(
                "This system cannot be searched: a person has to look.", looked=True, for_a_person=True
            )
            return
        try:
            found = self.adapter.find(self.delivery.operation_id, str(self.delivery.payload["company"]))
        except CallFailed as error:
            self._system_failed(error)
            self._doubt(str(error), looked=False)
            return
        if found:
            self._adopt(found[0])
        elif self._may_send_again():
            self._send()
        else:
            self._doubt("It was looked for and is not there (yet).", looked=True)

    def _may_send_again(self) -> bool:
        """Say whether absent means never: the key protects us, or it would have shown by now."""
        if self.delivery.system.adapter_class in _SAME_KEY_IS_SAFE:
            return True
        sent_at = self.delivery.sent_at or self.started_at
        longest = backoff.LEASE.total_seconds() + self.delivery.system.commit_delay_seconds
        return self.clock() >= backoff.in_seconds(sent_at, int(longest))

    def _send(self) -> None:
        try:
            customer = self._ensure_party()
        except Rejected as refusal:
            self._reject(refusal, None)
            return
        except CallFailed as error:
            self._postpone(error)
            return
        if not mark_sent(self.delivery, now=self.clock()):
            log.warning("%s lost its lease before it was sent", self.delivery)
            return
        self._marked = True
        self._create(customer)

    def _ensure_party(self) -> str:
        object_type, object_id, party, known_as = party_of(self.delivery)
        number = self.adapter.ensure_party(party, known_as)
        if number != known_as:
            link_reference(
                self.delivery.system_id,
                object_type=object_type,
                object_id=object_id,
                external_id=number,
                actor=RELAY,
            )
        return number

    def _create(self, customer: str) -> None:
        self.action = "send"
        try:
            document = self.adapter.create(self.delivery.payload, self.delivery.operation_id, customer)
        except Rejected as refusal:
            self._reject(refusal, None)
        except AlreadyThere:
            self._look_once_more()
        except OutcomeUnknown as error:
            self._system_failed(error)
            self._doubt(str(error), looked=False)
        except CallFailed as error:
            self._postpone(error)
        else:
            self._finish(document, adopted=False)

    def _look_once_more(self) -> None:
        """The system holds our operation id: an earlier try has landed."""
        try:
            found = self.adapter.find(self.delivery.operation_id, str(self.delivery.payload["company"]))
        except CallFailed as error:
            found = []
            self._system_failed(error)
        if found:
            self._adopt(found[0])
        else:
            self._doubt("The system has it under our key but does not show it yet.", looked=False)

    def _adopt(self, document: TheirDocument) -> None:
        self.action = "adopt"
        self._finish(document, adopted=True)

    def _finish(self, document: TheirDocument, *, adopted: bool) -> None:
        try:
            posted = self.adapter.finish(document)
        except Rejected as refusal:
            self._reject(refusal, document)
        except CallFailed as error:
            self._system_failed(error)
            self._doubt(f"{document.number} exists; posting it: {error}", looked=False)
        else:
            health.succeeded(self.delivery.system, now=self.clock())
            outcomes.complete_delivery(
                self.delivery.pk, attempt=self._attempt(), document=posted, adopted=adopted, actor=RELAY
            )

    def _reject(self, refusal: Rejected, document: TheirDocument | None) -> None:
        health.succeeded(self.delivery.system, now=self.clock())
        outcomes.reject_delivery(
            self.delivery.pk,
            attempt=self._attempt(),
            refusal=refusal,
            document=document,
            may_exist=self._in_doubt,
            actor=RELAY,
        )

    def _postpone(self, error: CallFailed) -> None:
        """Nothing was sent or kept: try again later, or bury the message when its time is up."""
        pause = self._system_failed(error)
        if pause is not None:
            self._settle_retry(error, until=pause, waited=0)
            return
        self._retry_or_bury(error, backoff.retry_wait(self.delivery.attempts + 1))

    def _retry_or_bury(self, error: Exception, wait: int) -> None:
        if backoff.budget_spent(self.delivery.retry_seconds, wait):
            outcomes.bury_delivery(
                self.delivery.pk,
                attempt=self._attempt(),
                error=error,
                may_exist=self._in_doubt,
                actor=RELAY,
            )
            return
        self._settle_retry(error, until=backoff.in_seconds(self.clock(), wait), waited=wait)

    def _settle_retry(self, error: Exception, *, until: datetime, waited: int) -> None:
        outcomes.postpone_delivery(
            self.delivery.pk,
            attempt=self._attempt(),
            error=error,
            until=until,
            waited=waited,
            may_exist=self._in_doubt,
            actor=RELAY,
        )

    def _doubt(self, error: str, *, looked: bool, for_a_person: bool = False) -> None:
        finds = self.delivery.finds + int(looked)
        outcomes.doubt_delivery(
            self.delivery.pk,
            attempt=self._attempt(),
            error=error,
            until=backoff.in_seconds(self.clock(), backoff.find_wait(finds)),
            looked=looked,
            for_a_person=for_a_person or backoff.finds_used_up(finds),
            actor=RELAY,
        )

    def _surrender(self, error: Exception) -> None:
        """A fault in our own code: look first where something may have been sent."""
        if self._marked:
            self._doubt(f"{type(error).__name__}: {error}", looked=False)
            return
        wait = backoff.retry_wait(self.delivery.attempts + 1)
        self._retry_or_bury(error, wait)

    def _system_failed(self, error: CallFailed) -> datetime | None:
        """Count the failure against the system; return until when it is paused for everybody, if it is."""
        system = self.delivery.system
        if isinstance(error, Rejected):
            return None
        if isinstance(error, Throttled):
            return health.throttled(system, error, now=self.clock())
        if isinstance(error, AuthFailed):
            return health.locked_out(system, error, now=self.clock())
        health.failed(system, error, now=self.clock())
        return None

    @property
    def _in_doubt(self) -> bool:
        """Say whether an earlier try of this message may still show up there."""
        return self.delivery.unknown_since is not None

    def _attempt(self) -> Attempt:
        return Attempt(
            epoch=self.delivery.epoch,
            action=self.action,
            started_at=self.started_at,
            milliseconds=int((time.monotonic() - self._began) * 1000),
        )


def worker_name(hostname: str, process: int) -> str:
    """Return a name under which a worker holds leases, unique to this process."""
    return f"{hostname}:{process}:{uuid.uuid4().hex[:6]}"[:80]
