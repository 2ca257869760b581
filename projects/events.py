"""Payloads of what happens to people, projects and assignments. Dates are inclusive."""

import uuid
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

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


@dataclass(frozen=True)
class _Project:
    code: str
    project_id: uuid.UUID
    contract_id: uuid.UUID


@event("project.created")
@dataclass(frozen=True)
class ProjectCreated(_Project):
    """A project was planned for a contract."""

    name: str
    manager_id: uuid.UUID


@event("project.changed")
@dataclass(frozen=True)
class ProjectChanged(_Project):
    """Fields of a project changed; a service line changes prices."""

    fields: list[str]


@event("project.activated")
@dataclass(frozen=True)
class ProjectActivated(_Project):
    """Time is accepted from now on."""


@event("project.held")
@dataclass(frozen=True)
class ProjectHeld(_Project):
    """Time is not accepted until the project is resumed."""


@event("project.resumed")
@dataclass(frozen=True)
class ProjectResumed(_Project):
    """Time is accepted again."""


@event("project.closed")
@dataclass(frozen=True)
class ProjectClosed(_Project):
    """Time is not accepted any more."""


@event("project.cancelled")
@dataclass(frozen=True)
class ProjectCancelled(_Project):
    """The project was given up before work began."""


@dataclass(frozen=True)
class _Task:
    code: str
    project_id: uuid.UUID
    contract_id: uuid.UUID


@event("task.added")
@dataclass(frozen=True)
class TaskAdded(_Task):
    """A task was added; its contract line says how its time is billed."""

    contract_line_key: str
    billable: bool


@event("task.changed")
@dataclass(frozen=True)
class TaskChanged(_Task):
    """Fields of a task changed; line and billable change what is billed."""

    fields: list[str]


@event("task.closed")
@dataclass(frozen=True)
class TaskClosed(_Task):
    """The task takes no more time."""


@event("task.reopened")
@dataclass(frozen=True)
class TaskReopened(_Task):
    """The task takes time again."""


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
