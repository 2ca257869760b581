"""A system at the HTTP edge that keeps its own list, and a clock that tests move."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from integrations.adapters import (
    AlreadyThere,
    CallFailed,
    Changes,
    InTime,
    KnownParty,
    Party,
    Payload,
    Rejected,
    TheirDocument,
    TooLate,
)
from integrations.models import System
from integrations.states import AdapterClass


class WorkerDied(BaseException):
    """The process is gone at this very line: nothing after it runs, no handler sees it."""


Fault = CallFailed | WorkerDied


class Clock:
    """A clock that moves only when told."""

    def __init__(self) -> None:
        self.now = timezone.now() + timedelta(minutes=1)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **parts: float) -> None:
        """Move on."""
        self.now += timedelta(**parts)


@dataclass
class FakeErp:
    """An ERP of one reference class; `documents` is its durable store, the faults are consumed in order."""

    mode: AdapterClass = AdapterClass.SEARCHABLE_REFERENCE
    documents: list[TheirDocument] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    before_party: list[Fault] = field(default_factory=list)
    before_create: list[Fault] = field(default_factory=list)
    after_create: list[Fault] = field(default_factory=list)
    before_find: list[Fault] = field(default_factory=list)
    before_finish: list[Fault] = field(default_factory=list)
    customers: list[Party] = field(default_factory=list)
    refused_parties: list[Rejected] = field(default_factory=list)
    after_party: list[Fault] = field(default_factory=list)
    posts_at_once: bool = True
    shows_references: bool = True
    price_change: Decimal = Decimal(0)
    on_create: Callable[[], None] = lambda: None

    @contextmanager
    def connect(self, system: System) -> Iterator["FakeErp"]:
        """Stand in for integrations.connectors.connected."""
        yield self

    def ensure_party(self, party: Party, known_as: str) -> str:
        self.calls.append("party")
        _strike(self.before_party)
        return known_as or f"C-{party.reference}"

    def validate_party(self, party: Party, known_as: str) -> KnownParty:
        """Find the customer by our reference, else create it; the fault after it leaves it created."""
        self.calls.append("validate")
        _strike(self.before_party)
        known = [one for one in self.customers if one.reference == party.reference]
        if not known:
            self.customers.append(party)
        _strike(self.after_party)
        if self.refused_parties:
            raise self.refused_parties[0]
        return KnownParty(f"C-{party.reference}", "found" if known else "created")

    def find(self, operation_id: uuid.UUID, company: str) -> Sequence[TheirDocument]:
        self.calls.append("find")
        _strike(self.before_find)
        if self.mode == AdapterClass.NOTHING or not self.shows_references:
            return []
        return [document for document in self.documents if document.reference == str(operation_id)]

    def create(
        self, payload: Payload, operation_id: uuid.UUID, customer: str, in_time: InTime
    ) -> TheirDocument:
        self.calls.append("create")
        _strike(self.before_create)
        self.on_create()
        if not in_time():
            raise TooLate("too late")
        document = self._stored(payload, operation_id, customer)
        _strike(self.after_create)
        return document

    def _stored(self, payload: Payload, operation_id: uuid.UUID, customer: str) -> TheirDocument:
        same = [document for document in self.documents if document.reference == str(operation_id)]
        if same and self.mode == AdapterClass.NATIVE_KEY:
            return same[0]
        if same and self.mode == AdapterClass.UNIQUE_REFERENCE:
            raise AlreadyThere("The reference is taken.")
        document = TheirDocument(
            number=f"RE-{90001 + len(self.documents)}",
            company=str(payload["company"]),
            kind=str(payload["kind"]),
            state="posted" if self.posts_at_once else "draft",
            customer=customer,
            reference=str(operation_id),
            purchase_order=str(payload["purchase_order"]),
            document_date=date.fromisoformat(str(payload["document_date"])),
            currency=str(payload["currency"]),
            net=Decimal(str(payload["net"])) + self.price_change,
            tax=Decimal(str(payload["tax"])),
            gross=Decimal(str(payload["gross"])) + self.price_change,
        )
        self.documents.append(document)
        return document

    def finish(self, document: TheirDocument) -> TheirDocument:
        self.calls.append("finish")
        _strike(self.before_finish)
        posted = replace(document, state="posted")
        self.documents[self.documents.index(document)] = posted
        return posted

    def fetch(self, number: str) -> TheirDocument | None:
        return next((document for document in self.documents if document.number == number), None)

    def snapshot(self, company: str, month: date) -> Iterator[TheirDocument]:
        _strike(self.before_find)
        yield from (
            document
            for document in self.documents
            if document.company == company and document.document_date.replace(day=1) == month
        )

    def changes(self, cursor: str, *, overlap: bool = False) -> Changes:
        start = 0 if overlap else int(cursor or 0)
        return Changes(cursor=str(len(self.documents)), documents=self.documents[start:])

    def close(self) -> None:
        """Nothing to let go of."""


def _strike(faults: list[Fault]) -> None:
    if faults:
        raise faults.pop(0)
