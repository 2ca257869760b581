"""Payloads of what happens to people, projects, assignments and milestones."""

from projects.events.assignments import (
    ResourceAssigned,
    ResourceChanged,
    ResourceConfirmed,
    ResourceReleased,
)
from projects.events.milestones import (
    MilestoneCompleted,
    MilestoneLinkCreated,
    MilestoneLinkRevoked,
    MilestonePlanned,
    MilestoneProgressed,
    MilestoneRejected,
    MilestoneRescheduled,
    MilestoneSignedOff,
    MilestoneStarted,
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
    "MilestoneCompleted",
    "MilestoneLinkCreated",
    "MilestoneLinkRevoked",
    "MilestonePlanned",
    "MilestoneProgressed",
    "MilestoneRejected",
    "MilestoneRescheduled",
    "MilestoneSignedOff",
    "MilestoneStarted",
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
