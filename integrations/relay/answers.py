"""What came of calling another system about one message. Pure."""

import time
from dataclasses import dataclass, field
from datetime import datetime

from integrations.adapters import CallFailed, Rejected, TheirDocument
from integrations.models import Delivery


@dataclass(frozen=True)
class Posted:
    """The system holds the posted document; `adopted` when it was found rather than just created."""

    document: TheirDocument
    adopted: bool


@dataclass(frozen=True)
class Refused:
    """The system said no; `document` is the draft that exists there although posting it was refused."""

    refusal: Rejected
    document: TheirDocument | None = None


@dataclass(frozen=True)
class Unsent:
    """Nothing was sent or kept: it may be tried again later."""

    error: CallFailed


@dataclass(frozen=True)
class Doubt:
    """Nobody knows whether the document exists there; `looked` when it was searched and not found."""

    error: str
    cause: CallFailed | None = None
    looked: bool = False
    for_a_person: bool = False


@dataclass(frozen=True)
class Absent:
    """It was looked for and can no longer turn up: it may be sent (again)."""


@dataclass(frozen=True)
class Fault:
    """Our own code failed."""

    error: Exception


Answer = Posted | Refused | Unsent | Doubt | Absent | Fault


@dataclass(eq=False)
class Message:
    """One leased delivery in the hands of a worker: what it does with it, and since when."""

    delivery: Delivery
    started_at: datetime
    action: str = "send"
    marked: bool = False
    _began: float = field(default_factory=time.monotonic)
    _heard: float | None = None

    @classmethod
    def claimed(cls, delivery: Delivery, now: datetime) -> "Message":
        """Take up a message; one that may exist there is looked for first."""
        return cls(delivery, now, action="find" if delivery.sent else "send", marked=delivery.sent)

    def hear(self) -> None:
        """Note that the system's answer is there."""
        self._heard = time.monotonic()

    @property
    def milliseconds(self) -> int:
        """Return how long the try took until the answer."""
        return int(((self._heard or time.monotonic()) - self._began) * 1000)

    @property
    def in_doubt(self) -> bool:
        """Say whether an earlier try of this message may still show up there."""
        return self.delivery.unknown_since is not None
