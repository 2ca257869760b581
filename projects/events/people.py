"""Payloads of what happens to workers. Dates are inclusive."""

import uuid
from dataclasses import dataclass
from datetime import date

from core.events import event


@event("worker.created")
@dataclass(frozen=True)
class WorkerCreated:
    """Somebody who delivers work was entered."""

    code: str
    name: str
    kind: str


@event("worker.changed")
@dataclass(frozen=True)
class WorkerChanged:
    """Fields of a worker changed; history holds the values."""

    code: str
    fields: list[str]


@event("employment.changed")
@dataclass(frozen=True)
class EmploymentChanged:
    """What a worker is employed as changed on the days; `ends_on` None is open-ended.

    Without an employing entity the worker has left.
    """

    worker_id: uuid.UUID
    worker_code: str
    employer_id: uuid.UUID | None
    starts_on: date
    ends_on: date | None
