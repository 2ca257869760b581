"""Payloads of what happens to milestones."""

import uuid
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.events import event


@dataclass(frozen=True)
class _Milestone:
    code: str
    milestone_id: uuid.UUID
    project_id: uuid.UUID
    contract_id: uuid.UUID


@event("milestone.planned")
@dataclass(frozen=True)
class MilestonePlanned(_Milestone):
    """A milestone of the contract's terms is now delivered by a project."""

    contract_line_key: str
    term_key: str


@event("milestone.rescheduled")
@dataclass(frozen=True)
class MilestoneRescheduled(_Milestone):
    """The terms name another day on which it is due."""

    due_on: date | None


@event("milestone.started")
@dataclass(frozen=True)
class MilestoneStarted(_Milestone):
    """Work on it began."""


@event("milestone.progressed")
@dataclass(frozen=True)
class MilestoneProgressed(_Milestone):
    """Its progress was reported."""

    percent_complete: Decimal


@event("milestone.completed")
@dataclass(frozen=True)
class MilestoneCompleted(_Milestone):
    """Delivery says it is done; it waits for its sign-off."""

    completed_on: date
    percent_complete: Decimal


@event("milestone.signed_off")
@dataclass(frozen=True)
class MilestoneSignedOff(_Milestone):
    """A part of it, or all that was left, is accepted: that is billable now."""

    sign_off_id: uuid.UUID
    decision: str
    how: str
    percent: Decimal
    accepted_percent: Decimal
    signed_on: date


@event("milestone.rejected")
@dataclass(frozen=True)
class MilestoneRejected(_Milestone):
    """What was left of it is not accepted; it is in progress again."""

    sign_off_id: uuid.UUID
    how: str
    comment: str


@event("milestone.link_created")
@dataclass(frozen=True)
class MilestoneLinkCreated(_Milestone):
    """The client was given an address at which to decide."""

    link_id: uuid.UUID
    recipient: str


@event("milestone.link_revoked")
@dataclass(frozen=True)
class MilestoneLinkRevoked(_Milestone):
    """An address given to the client counts no more."""

    link_id: uuid.UUID
