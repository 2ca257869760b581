"""Payloads of what happens to deals."""

import uuid
from dataclasses import dataclass
from decimal import Decimal

from core.events import event


@dataclass(frozen=True)
class AboutDeal:
    """Which deal, its state after what happened, and the codes of what it lacks."""

    code: str
    source: str
    source_id: str
    state: str
    missing: list[str]


@event("deal.received")
@dataclass(frozen=True)
class DealReceived(AboutDeal):
    """A won opportunity came in; `amount` in `currency`, where both are known."""

    name: str
    amount: Decimal | None
    currency: str


@event("deal.refreshed")
@dataclass(frozen=True)
class DealRefreshed(AboutDeal):
    """The source changed its mind; `conflicts` are the fields where we hold something else."""

    fields: list[str]
    conflicts: list[str]


@event("deal.completed")
@dataclass(frozen=True)
class DealCompleted(AboutDeal):
    """Somebody filled in what was missing; history holds the values."""

    fields: list[str]


@event("deal.rechecked")
@dataclass(frozen=True)
class DealRechecked(AboutDeal):
    """Something around the deal changed, and with it what the deal lacks."""


@event("deal.converted")
@dataclass(frozen=True)
class DealConverted(AboutDeal):
    """A contract was drafted from the deal, ready to be reviewed."""

    contract_id: uuid.UUID
    contract: str
    customer: str
    new_customer: bool


@event("deal.withdrawn")
@dataclass(frozen=True)
class DealWithdrawn(AboutDeal):
    """The source no longer counts the opportunity as won."""


@event("deal.conflict_settled")
@dataclass(frozen=True)
class ConflictSettled(AboutDeal):
    """Somebody decided which side's word holds for a field."""

    field: str
    kept: str
