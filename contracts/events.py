"""Payloads of what happens to customers, agreements and prices. Dates are inclusive."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from core.events import event


@dataclass(frozen=True)
class _Changed:
    code: str
    fields: list[str]


@event("customer.created")
@dataclass(frozen=True)
class CustomerCreated:
    """A buying organisation was entered."""

    code: str
    name: str
    currency: str


@event("customer.changed")
@dataclass(frozen=True)
class CustomerChanged(_Changed):
    """Fields of a customer changed; history holds the values."""


@event("billing_account.created")
@dataclass(frozen=True)
class BillingAccountCreated:
    """A bill-to of a customer was entered."""

    code: str
    name: str
    customer_id: uuid.UUID


@event("billing_account.changed")
@dataclass(frozen=True)
class BillingAccountChanged:
    """Fields of a bill-to changed; history holds the values."""

    code: str
    customer_id: uuid.UUID
    fields: list[str]


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
class ContractChanged(_Changed):
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


@dataclass(frozen=True)
class _Version:
    contract_id: uuid.UUID
    contract_code: str
    number: int
    effective_from: date


@event("contract_version.drafted")
@dataclass(frozen=True)
class VersionDrafted(_Version):
    """New terms were drafted, copied from version `copied_from` where there was one."""

    copied_from: int | None


@event("contract_version.changed")
@dataclass(frozen=True)
class VersionChanged(_Version):
    """The terms of a draft changed."""


@event("contract_version.submitted")
@dataclass(frozen=True)
class VersionSubmitted(_Version):
    """The terms were put forward for approval as they are."""

    content_sha256: str


@event("contract_version.approved")
@dataclass(frozen=True)
class VersionApproved(_Version):
    """The terms are in force from `effective_from` on.

    `overrides` are the numbers of the earlier approved versions that lose days to it.
    """

    overrides: list[int]
    content_sha256: str
    prepared_by_id: uuid.UUID


@event("contract_version.rejected")
@dataclass(frozen=True)
class VersionRejected(_Version):
    """The terms were refused; the event's reason says why."""


@event("contract_version.superseded")
@dataclass(frozen=True)
class VersionSuperseded(_Version):
    """An approved version is in force on no day any more, because of version `by`."""

    by: int


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
class RateCardChanged(_Changed):
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
