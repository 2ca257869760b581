"""Payloads of what happens to projects and tasks."""

import uuid
from dataclasses import dataclass

from core.events import event


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
