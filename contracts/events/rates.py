"""Payloads of what happens to rate cards and prices. Dates are inclusive."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from contracts.events.base import Changed
from core.events import event


@event("rate_card.created")
@dataclass(frozen=True)
class RateCardCreated:
    """A list of prices was opened."""

    code: str
    scope: str
    currency: str
    unit: str


@event("rate_card.changed")
@dataclass(frozen=True)
class RateCardChanged(Changed):
    """Facts of a rate card changed that are no prices."""


@dataclass(frozen=True)
class Replaced:
    """A price that held until now on days the change covers; `ends_on` None is open-ended."""

    rate_id: uuid.UUID
    amount: Decimal
    starts_on: date
    ends_on: date | None


@event("rate.changed")
@dataclass(frozen=True)
class RateChanged:
    """The price of one combination of dimensions changed on the days `starts_on` to `ends_on`.

    `amount` is the price of one `unit` in `currency`; None means that there is none any more. Exactly
    one of the three ids is set, by `scope`; none for the standard card.
    """

    card_id: uuid.UUID
    card_code: str
    scope: str
    legal_entity_id: uuid.UUID | None
    customer_id: uuid.UUID | None
    contract_id: uuid.UUID | None
    currency: str
    unit: str
    role: str
    worker: str
    region: str
    service_line: str
    work_type: str
    rate_id: uuid.UUID | None
    amount: Decimal | None
    starts_on: date
    ends_on: date | None
    known_from: datetime
    replaced: list[Replaced]
