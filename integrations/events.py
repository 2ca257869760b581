"""Payloads of the events about other systems: deliveries, references, reconciliation."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from core.events import event


@dataclass(frozen=True)
class AboutDelivery:
    """Which message: the system, what it should do, and our object it is about."""

    system: str
    operation: str
    operation_id: uuid.UUID
    object_type: str
    object_id: uuid.UUID
    label: str


@event("delivery.queued")
@dataclass(frozen=True)
class DeliveryQueued(AboutDelivery):
    """A message to another system was written; `payload_sha256` seals what it says."""

    payload_sha256: str


@event("delivery.succeeded")
@dataclass(frozen=True)
class DeliverySucceeded(AboutDelivery):
    """The system holds the document; amounts as it reported them, in `currency`."""

    number: str
    document_date: date
    currency: str
    net: Decimal
    tax: Decimal
    gross: Decimal
    adopted: bool


@event("delivery.rejected")
@dataclass(frozen=True)
class DeliveryRejected(AboutDelivery):
    """The system refused; `returned` says that our document has to be changed before it is sent again."""

    code: str
    sentence: str
    field: str
    returned: bool


@event("delivery.dead")
@dataclass(frozen=True)
class DeliveryDead(AboutDelivery):
    """Every retry was used up."""

    error: str


@event("delivery.replayed")
@dataclass(frozen=True)
class DeliveryReplayed(AboutDelivery):
    """Somebody had the message tried again."""

    previous_state: str


@event("delivery.waived")
@dataclass(frozen=True)
class DeliveryWaived(AboutDelivery):
    """Somebody gave the message up; nothing of it exists in the system."""

    previous_state: str


@event("system.paused")
@dataclass(frozen=True)
class SystemPaused:
    """Nothing is sent to the system until it is resumed, or until the given time."""

    system: str
    until: datetime | None


@event("system.resumed")
@dataclass(frozen=True)
class SystemResumed:
    """The system may be called again."""

    system: str


@event("external_reference.linked")
@dataclass(frozen=True)
class ReferenceLinked:
    """One of our objects got its name in a system."""

    system: str
    object_type: str
    object_id: uuid.UUID
    external_id: str


@event("erp_document.mirrored")
@dataclass(frozen=True)
class DocumentsMirrored:
    """Documents of a system were read and differ from what we knew; the first of them by number."""

    system: str
    count: int
    numbers: list[str]
    gone: list[str]


@dataclass(frozen=True)
class AboutRun:
    """Which comparison: kind, system, entity and month."""

    kind: str
    system: str
    legal_entity: str
    month: date


@event("reconciliation.requested")
@dataclass(frozen=True)
class ReconciliationRequested(AboutRun):
    """Somebody, or the schedule, asked for a comparison."""


@event("reconciliation.completed")
@dataclass(frozen=True)
class ReconciliationCompleted(AboutRun):
    """Both sides were compared; counts of pairs that agree and of breaks that stand open."""

    matched: int
    breaks: int


@event("reconciliation.failed")
@dataclass(frozen=True)
class ReconciliationFailed(AboutRun):
    """The other side could not be read; earlier breaks stand as they were."""

    error: str


@event("reconciliation.signed_off")
@dataclass(frozen=True)
class ReconciliationSignedOff(AboutRun):
    """A person vouched that nothing is left open."""


@dataclass(frozen=True)
class AboutBreak:
    """Which difference: ours − theirs in `currency`, net and tax."""

    key: str
    kind: str
    month: date
    currency: str
    difference: Decimal
    tax_difference: Decimal


@event("break.opened")
@dataclass(frozen=True)
class BreakOpened(AboutBreak):
    """A difference was found, found again, or has become another one."""


@event("break.resolved")
@dataclass(frozen=True)
class BreakResolved(AboutBreak):
    """The difference is gone: both sides agree."""


@event("break.explained")
@dataclass(frozen=True)
class BreakExplained(AboutBreak):
    """Somebody proposed to accept the difference, for this reason."""

    explanation: str


@event("break.accepted")
@dataclass(frozen=True)
class BreakAccepted(AboutBreak):
    """The difference stands and is accepted: by a second person, or by the system's tolerance."""

    explanation: str


@event("credential.stored")
@dataclass(frozen=True)
class CredentialStored:
    """A secret of a system was entered; how many older ones still hold for a while."""

    system: str
    purpose: str
    still_live: int


@event("mapping.activated")
@dataclass(frozen=True)
class MappingActivated:
    """A mapping passed its samples and holds from now on."""

    system: str
    object_type: str
    number: int
    samples: int
    replaces: int | None


@event("inbox_message.disputed")
@dataclass(frozen=True)
class MessageDisputed:
    """An event came again with another body; both are kept, the first one counts."""

    system: str
    event_id: str


@dataclass(frozen=True)
class AboutProcess:
    """Which process, and the object it is for."""

    kind: str
    code: str
    subject_type: str
    subject_id: uuid.UUID


@event("process.started")
@dataclass(frozen=True)
class ProcessStarted(AboutProcess):
    """A process was laid out in these steps."""

    steps: list[str]


@event("process.advanced")
@dataclass(frozen=True)
class ProcessAdvanced(AboutProcess):
    """One of its steps is done; `result` is what the step left."""

    step: str
    label: str
    result: dict[str, object]


@event("process.stopped")
@dataclass(frozen=True)
class ProcessStopped(AboutProcess):
    """One of its steps cannot go on without a person, or without its cause going away."""

    step: str
    label: str
    reason_code: str
    sentence: str


@event("process.resumed")
@dataclass(frozen=True)
class ProcessResumed(AboutProcess):
    """The steps named are tried again; nothing done is done again."""

    steps: list[str]


@event("process.completed")
@dataclass(frozen=True)
class ProcessCompleted(AboutProcess):
    """Every step is confirmed."""


@event("process.cancelled")
@dataclass(frozen=True)
class ProcessCancelled(AboutProcess):
    """The process was given up; what it had made and could be taken back was."""

    taken_back: list[str]
