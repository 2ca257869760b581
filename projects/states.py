"""States of projects, tasks, assignments and milestones and their legal moves."""

from django.db import models

from core.states import state_table


class ProjectStatus(models.TextChoices):
    """States of a project; time is accepted only while it is active."""

    PLANNED = "planned"
    PROVISIONING = "provisioning"
    ACTIVE = "active"
    ON_HOLD = "on_hold"
    CLOSED = "closed"
    CANCELLED = "cancelled"


PROJECT = state_table(
    "project",
    ProjectStatus,
    {
        "planned": "provisioning active cancelled",
        "provisioning": "active cancelled",
        "active": "on_hold closed",
        "on_hold": "active closed",
    },
)


class TaskStatus(models.TextChoices):
    """States of a task."""

    OPEN = "open"
    CLOSED = "closed"


TASK = state_table("task", TaskStatus, {"open": "closed", "closed": "open"})


class AssignmentStatus(models.TextChoices):
    """States of an assignment."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    ENDED = "ended"
    CANCELLED = "cancelled"


ASSIGNMENT = state_table(
    "assignment",
    AssignmentStatus,
    {"proposed": "confirmed cancelled", "confirmed": "ended cancelled"},
)


class MilestoneStatus(models.TextChoices):
    """States of a milestone; a rejected one is in progress again, a part accepted one stays completed."""

    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    SIGNED_OFF = "signed_off"


MILESTONE = state_table(
    "milestone",
    MilestoneStatus,
    {"planned": "in_progress", "in_progress": "completed", "completed": "signed_off in_progress"},
)


class SignOffDecision(models.TextChoices):
    """What was decided about a completed milestone."""

    ACCEPTED = "accepted"
    PARTIAL = "partial"
    REJECTED = "rejected"
    DEEMED = "deemed"


class SignOffWay(models.TextChoices):
    """How a decision came to be known."""

    CLIENT_LINK = "client_link"
    STAFF = "staff"
    DEEMED = "deemed"
