"""Payloads of what happens to assignments. Dates are inclusive."""

import uuid
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.events import event


@dataclass(frozen=True)
class _Resource:
    worker_id: uuid.UUID
    project_id: uuid.UUID
    contract_id: uuid.UUID
    starts_on: date
    ends_on: date | None


@event("resource.assigned")
@dataclass(frozen=True)
class ResourceAssigned(_Resource):
    """A worker was put on a project; `rate_override` is the agreed price of one `override_unit`, if any."""

    status: str
    role: str
    rate_override: Decimal | None
    override_unit: str


@event("resource.confirmed")
@dataclass(frozen=True)
class ResourceConfirmed(_Resource):
    """A proposed assignment was confirmed: the worker may enter time."""


@event("resource.changed")
@dataclass(frozen=True)
class ResourceChanged(_Resource):
    """Fields of an assignment changed; role and override change prices."""

    fields: list[str]


@event("resource.released")
@dataclass(frozen=True)
class ResourceReleased(_Resource):
    """The assignment ends with `ends_on`, or was cancelled (`cancelled`) before it began."""

    cancelled: bool
