"""Payloads of what happens to people, projects and assignments."""

from projects.events.assignments import (
    ResourceAssigned,
    ResourceChanged,
    ResourceConfirmed,
    ResourceReleased,
)
from projects.events.people import (
    EmploymentChanged,
    WorkerChanged,
    WorkerCreated,
)
from projects.events.projects import (
    ProjectActivated,
    ProjectCancelled,
    ProjectChanged,
    ProjectClosed,
    ProjectCreated,
    ProjectHeld,
    ProjectResumed,
    TaskAdded,
    TaskChanged,
    TaskClosed,
    TaskReopened,
)

__all__ = [
    "EmploymentChanged",
    "ProjectActivated",
    "ProjectCancelled",
    "ProjectChanged",
    "ProjectClosed",
    "ProjectCreated",
    "ProjectHeld",
    "ProjectResumed",
    "ResourceAssigned",
    "ResourceChanged",
    "ResourceConfirmed",
    "ResourceReleased",
    "TaskAdded",
    "TaskChanged",
    "TaskClosed",
    "TaskReopened",
    "WorkerChanged",
    "WorkerCreated",
]
