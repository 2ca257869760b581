"""Payloads of the kernel's events."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from core.events import event

if TYPE_CHECKING:
    from core.models import ExceptionItem


@event("exception.opened")
@dataclass(frozen=True)
class ExceptionOpened:
    """An item was opened, or what is known about it changed."""

    number: str
    code: str
    title: str
    money_at_risk: Decimal | None
    currency: str

    @classmethod
    def of(cls, item: ExceptionItem) -> ExceptionOpened:
        """Take the payload from the item."""
        return cls(item.number, item.code, item.title, item.money_at_risk, item.currency)


@event("exception.resolved")
@dataclass(frozen=True)
class ExceptionResolved:
    """An item was closed, by its cause going away or by a person with a reason."""

    number: str
    code: str
    resolution: str


@event("exception.assigned")
@dataclass(frozen=True)
class ExceptionAssigned:
    """An item was given to somebody, or to nobody."""

    number: str
    owner_id: uuid.UUID | None
    previous_owner_id: uuid.UUID | None
    owner: str


@event("exception.snoozed")
@dataclass(frozen=True)
class ExceptionSnoozed:
    """An item was put aside until a day, or brought back."""

    number: str
    until: date | None
    previous_until: date | None


@event("exception.routed")
@dataclass(frozen=True)
class ExceptionRouted:
    """A rule gave an item its owner or due time."""

    number: str
    rule: str
    owner_id: uuid.UUID | None
    previous_owner_id: uuid.UUID | None
    owner: str
    due_at: datetime


@event("exception.overdue")
@dataclass(frozen=True)
class ExceptionOverdue:
    """The due time of an open item passed."""

    number: str
    code: str
    due_at: datetime
    team: str
    owner_id: uuid.UUID | None
    owner: str


@event("exception.commented")
@dataclass(frozen=True)
class ExceptionCommented:
    """Somebody left a comment on an item."""

    number: str
    comment: str


@event("exception.reopened")
@dataclass(frozen=True)
class ExceptionReopened:
    """A resolved item was opened again."""

    number: str
    code: str


@event("period.closed")
@dataclass(frozen=True)
class PeriodClosed:
    """A month of a legal entity was closed."""

    legal_entity: str
    month: date


@event("period.reopened")
@dataclass(frozen=True)
class PeriodReopened:
    """A closed month was opened again, by somebody other than the one who closed it."""

    legal_entity: str
    month: date


@event("master_data.changed")
@dataclass(frozen=True)
class MasterDataChanged:
    """A steward edited reference data; the history rows hold the values."""

    model: str
    label: str
    fields: list[str]


@event("exception.waived")
@dataclass(frozen=True)
class ExceptionWaived:
    """An item was accepted as it is, with a reason; it comes back only when more is at risk."""

    number: str
    code: str
    resolution: str


@event("token.issued")
@dataclass(frozen=True)
class TokenIssued:
    """A bearer token was issued to a service account."""

    name: str
    prefix: str
    user_id: uuid.UUID
    scopes: list[str]


@event("token.revoked")
@dataclass(frozen=True)
class TokenRevoked:
    """A bearer token stopped working."""

    name: str
    prefix: str
    user_id: uuid.UUID


@event("person.entered")
@dataclass(frozen=True)
class PersonEntered:
    """Somebody may sign in, with these roles (`role` or `role:entity`) from a day on."""

    username: str
    roles: list[str]
    starts_on: date
