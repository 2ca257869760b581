"""Payloads of what happens to contracts."""

import uuid
from dataclasses import dataclass
from datetime import date

from contracts.events.base import Changed
from core.events import event


@event("contract.created")
@dataclass(frozen=True)
class ContractCreated:
    """A contract was drafted, with its first version."""

    code: str
    kind: str
    customer_id: uuid.UUID
    currency: str


@event("contract.changed")
@dataclass(frozen=True)
class ContractChanged(Changed):
    """Facts of a contract changed that are no terms of a version."""


@dataclass(frozen=True)
class _Approved:
    code: str
    version_id: uuid.UUID
    number: int
    effective_from: date
    retroactivity: str


@event("contract.activated")
@dataclass(frozen=True)
class ContractActivated(_Approved):
    """The first version was approved: work may begin."""


@event("contract.amended")
@dataclass(frozen=True)
class ContractAmended(_Approved):
    """A further version was approved: terms change from its date on, which may lie in the past."""


@dataclass(frozen=True)
class _Moved:
    code: str
    previous: str


@event("contract.held")
@dataclass(frozen=True)
class ContractHeld(_Moved):
    """The contract was put on hold."""


@event("contract.resumed")
@dataclass(frozen=True)
class ContractResumed(_Moved):
    """The hold was lifted."""


@event("contract.completed")
@dataclass(frozen=True)
class ContractCompleted(_Moved):
    """Everything agreed is delivered."""


@event("contract.terminated")
@dataclass(frozen=True)
class ContractTerminated(_Moved):
    """The contract ended before it was fulfilled."""


@event("contract.cancelled")
@dataclass(frozen=True)
class ContractCancelled(_Moved):
    """The contract was given up before it became active."""
