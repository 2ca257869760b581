"""What an adapter of another system offers, and how its calls may end. Pure: no HTTP, no database."""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Protocol

Payload = Mapping[str, object]
InTime = Callable[[], bool]


class CallFailed(Exception):
    """A call did not end as asked; the subclass says what may be done next."""


class Rejected(CallFailed):
    """The system understood and said no: nothing was kept, the same again is pointless."""

    def __init__(self, code: str, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.field = field


class AlreadyThere(CallFailed):
    """The system holds a document with our operation id already: find it."""


class Throttled(CallFailed):
    """The system asks everybody to wait; nothing was kept."""

    def __init__(self, message: str, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unreachable(CallFailed):
    """No connection was made: nothing was sent."""


class TooLate(CallFailed):
    """The time to send was over before the request was complete: nothing was kept."""


class AuthFailed(CallFailed):
    """The credentials were refused; nothing was kept."""


class OutcomeUnknown(CallFailed):
    """The request may have been carried out, and no usable answer came."""


@dataclass(frozen=True)
class Party:
    """The bill-to as it is now; a document can only be posted once the system knows it."""

    reference: str
    name: str
    country: str
    currency: str
    tax_registration: str
    address: str
    email: str
    payment_terms_days: int


@dataclass(frozen=True)
class KnownParty:
    """A bill-to as the system knows it; `how`: known, found (by our reference or tax id) or created."""

    number: str
    how: str


@dataclass(frozen=True)
class TheirDocument:
    """An invoice or credit note as the system holds it: draft, posted or void. Credit notes are negative."""

    number: str
    company: str
    kind: str
    state: str
    customer: str
    reference: str
    purchase_order: str
    document_date: date
    currency: str
    net: Decimal
    tax: Decimal
    gross: Decimal
    lines: Sequence[Mapping[str, str]] = ()
    customer_name: str = ""


@dataclass(frozen=True)
class TheirPayment:
    """Money received for one document, in that document's currency."""

    external_id: str
    document: str
    amount: Decimal
    currency: str
    paid_on: date


@dataclass(frozen=True)
class Changes:
    """What changed there since a cursor, as it stands now; ask again from `cursor`, at once while `more`."""

    cursor: str
    more: bool = False
    documents: Sequence[TheirDocument] = ()
    gone: Sequence[str] = ()
    payments: Sequence[TheirPayment] = field(default_factory=tuple)


@dataclass(frozen=True)
class TheirDeal:
    """A deal as its system holds it; `changed_at` is the system's own text, `body` all it says."""

    external_id: str
    version: int
    won: bool
    stage: str
    changed_at: str
    body: Mapping[str, object]


@dataclass(frozen=True)
class DealPage:
    """Some deals in the order of their changes; ask again with the cursor while there is one."""

    deals: Sequence[TheirDeal]
    cursor: str = ""


class DealSource(Protocol):
    """A system where deals are won. Every method may raise a CallFailed; all of them repeat harmlessly."""

    def fetch(self, external_id: str) -> TheirDeal | None:
        """Return the deal as it is now, or None where it is gone."""
        ...

    def changed_since(self, moment: str, cursor: str = "") -> DealPage:
        """Read a page of the deals changed at or after a moment."""
        ...

    def write_back(self, external_id: str, values: Payload) -> TheirDeal:
        """Have the system keep our codes and status beside the deal."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


class Adapter(Protocol):
    """One system's documents. Every method may raise a CallFailed; `create` is never repeated blindly.

    Called by several threads at once; no method may use the database.
    """

    def ensure_party(self, party: Party, known_as: str) -> str:
        """Make sure the system knows the bill-to and holds what we can fill in; return its number there."""
        ...

    def validate_party(self, party: Party, known_as: str) -> KnownParty:
        """Make sure the system could invoice the bill-to: found before created, Rejected when incomplete."""
        ...

    def find(self, operation_id: uuid.UUID, company: str) -> Sequence[TheirDocument]:
        """Return every document that carries our operation id."""
        ...

    def create(
        self, payload: Payload, operation_id: uuid.UUID, customer: str, in_time: InTime
    ) -> TheirDocument:
        """Create the document under our operation id; TooLate unless `in_time` still holds at the socket.

        It is asked when nothing is left to do but to write, because a worker may stand still at any line.
        """
        ...

    def finish(self, document: TheirDocument) -> TheirDocument:
        """Post the document if it is not posted yet; repeating is harmless."""
        ...

    def fetch(self, number: str) -> TheirDocument | None:
        """Return the document as it is now, or None where it is gone."""
        ...

    def snapshot(self, company: str, month: date) -> Iterator[TheirDocument]:
        """Read every document of a company dated in a month."""
        ...

    def changes(self, cursor: str, *, overlap: bool = False) -> Changes:
        """Read what changed since the cursor, with `overlap` a stretch before it too."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
