"""Put workers on projects and release them."""

import uuid
from datetime import date
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.db.backends.postgresql.psycopg_any import DateRange

from core.actors import Actor
from core.errors import Invalid
from core.rows import check_fields, locked, save_changes
from core.verbs import verb
from projects.actions.assigning import (
    ONE_DAY,
    check_assignment,
    days_of,
    editable_project,
    locked_assignment,
    move_assignment,
    record_assignment,
    refuse_overlap,
    require_price_right,
)
from projects.events import ResourceAssigned, ResourceChanged, ResourceConfirmed, ResourceReleased
from projects.models import Assignment, Worker
from projects.policies import check_dates, check_employed
from projects.states import AssignmentStatus


class AssignmentFields(TypedDict, total=False):
    """What may be said about an assignment.

    `rate_override` is the agreed price of one `override_unit` in the contract's currency.
    """

    role_id: uuid.UUID
    allocation_percent: Decimal
    planned_hours: Decimal | None
    rate_override: Decimal | None
    override_unit: str


@verb
def assign_worker(
    project_id: uuid.UUID,
    *,
    worker_id: uuid.UUID,
    starts_on: date,
    actor: Actor,
    ends_on: date | None = None,
    confirmed: bool = True,
    reason: str = "",
    **fields: Unpack[AssignmentFields],
) -> Assignment:
    """Put a worker on a project for the days from `starts_on` to `ends_on`, proposed or confirmed at once.

    Refuses a worker without employment on the first day, days on which the worker is assigned already,
    and an override by somebody who may not set prices. Records resource.assigned.
    """
    project = editable_project(project_id, actor)
    worker = locked(Worker, worker_id)
    check_dates(starts_on, ends_on)
    check_employed(worker, starts_on)
    days = DateRange(starts_on, ends_on and ends_on + ONE_DAY)
    assignment = Assignment(project=project, worker=worker, valid=days, **fields)
    check_fields(assignment)
    check_assignment(assignment)
    if assignment.rate_override is not None:
        require_price_right(assignment, actor)
    refuse_overlap(assignment)
    assignment.save(force_insert=True)
    if confirmed:
        save_changes(assignment, {"status": AssignmentStatus.CONFIRMED})
    record_assignment(
        assignment,
        ResourceAssigned(
            **days_of(assignment),
            status=assignment.status,
            role=assignment.role.code,
            rate_override=assignment.rate_override,
            override_unit=assignment.override_unit,
        ),
    )
    return assignment


@verb
def confirm_assignment(assignment_id: uuid.UUID, *, actor: Actor, reason: str = "") -> Assignment:
    """Confirm a proposed assignment; records resource.confirmed."""
    assignment = locked_assignment(assignment_id, actor)
    if assignment.status == AssignmentStatus.CONFIRMED:
        return assignment
    move_assignment(assignment, AssignmentStatus.CONFIRMED)
    record_assignment(assignment, ResourceConfirmed(**days_of(assignment)))
    return assignment


@verb
def change_assignment(
    assignment_id: uuid.UUID,
    *,
    actor: Actor,
    expected_version: int | None = None,
    reason: str = "",
    **changes: Unpack[AssignmentFields],
) -> Assignment:
    """Change role, allocation, planned hours or agreed price for all its days; records resource.changed.

    For another price from a day on, release the worker and assign anew.
    """
    assignment = locked_assignment(assignment_id, actor, expected_version)
    before = (assignment.rate_override, assignment.override_unit)
    if changed := save_changes(assignment, changes, check=check_assignment):
        if before != (assignment.rate_override, assignment.override_unit):
            require_price_right(assignment, actor)
        record_assignment(assignment, ResourceChanged(**days_of(assignment), fields=changed))
    return assignment


@verb
def release_worker(assignment_id: uuid.UUID, *, ends_on: date, actor: Actor, reason: str = "") -> Assignment:
    """End an assignment with the day, or cancel one that would end before it began.

    Time of the days it covers is still accepted. Records resource.released.
    """
    assignment = locked_assignment(assignment_id, actor)
    days: Any = assignment.valid
    cancelled = ends_on < days.lower or assignment.status == AssignmentStatus.PROPOSED
    move_assignment(assignment, AssignmentStatus.CANCELLED if cancelled else AssignmentStatus.ENDED)
    if not cancelled:
        if days.upper is not None and ends_on >= days.upper:
            raise Invalid("The assignment ends earlier than that already.", field="ends_on")
        save_changes(assignment, {"valid": DateRange(days.lower, ends_on + ONE_DAY)})
    record_assignment(assignment, ResourceReleased(**days_of(assignment), cancelled=cancelled))
    return assignment
