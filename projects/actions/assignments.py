"""Put workers on projects and release them."""

import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.db.backends.postgresql.psycopg_any import DateRange

from core.actors import Actor
from core.errors import Invalid, NotFound, Refusal
from core.events import record
from core.permissions import require
from core.rows import check_fields, locked, save_changes
from core.verbs import verb
from projects.events import ResourceAssigned, ResourceChanged, ResourceConfirmed, ResourceReleased
from projects.models import Assignment, Project, Worker
from projects.policies import check_dates, check_employed, check_may_edit, check_not_over
from projects.states import ASSIGNMENT, AssignmentStatus

ONE_DAY = timedelta(days=1)
LIVE = (AssignmentStatus.PROPOSED, AssignmentStatus.CONFIRMED, AssignmentStatus.ENDED)


class AssignmentFields(TypedDict, total=False):
    """What may be said about an assignment.

    `rate_override` is the agreed price of one `override_unit` in the contract's currency.
    """

    role_id: uuid.UUID
    allocation_percent: Decimal
    planned_hours: Decimal | None
    rate_override: Decimal | None
    override_unit: str


class AlreadyAssigned(Refusal):
    """The worker is on the project on some of these days already."""

    code = "already_assigned"


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
    project = _editable(project_id, actor)
    worker = locked(Worker, worker_id)
    check_dates(starts_on, ends_on)
    check_employed(worker, starts_on)
    days = DateRange(starts_on, ends_on and ends_on + ONE_DAY)
    assignment = Assignment(project=project, worker=worker, valid=days, **fields)
    check_fields(assignment)
    _check(assignment)
    if assignment.rate_override is not None:
        _require_price_right(assignment, actor)
    _refuse_overlap(assignment)
    assignment.save(force_insert=True)
    if confirmed:
        save_changes(assignment, {"status": AssignmentStatus.CONFIRMED})
    _record(
        assignment,
        ResourceAssigned(
            **_of(assignment),
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
    assignment = _locked(assignment_id, actor)
    if assignment.status == AssignmentStatus.CONFIRMED:
        return assignment
    _move(assignment, AssignmentStatus.CONFIRMED)
    _record(assignment, ResourceConfirmed(**_of(assignment)))
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
    assignment = _locked(assignment_id, actor, expected_version)
    before = (assignment.rate_override, assignment.override_unit)
    if changed := save_changes(assignment, changes, check=_check):
        if before != (assignment.rate_override, assignment.override_unit):
            _require_price_right(assignment, actor)
        _record(assignment, ResourceChanged(**_of(assignment), fields=changed))
    return assignment


@verb
def release_worker(assignment_id: uuid.UUID, *, ends_on: date, actor: Actor, reason: str = "") -> Assignment:
    """End an assignment with the day, or cancel one that would end before it began.

    Time of the days it covers is still accepted. Records resource.released.
    """
    assignment = _locked(assignment_id, actor)
    days: Any = assignment.valid
    cancelled = ends_on < days.lower or assignment.status == AssignmentStatus.PROPOSED
    _move(assignment, AssignmentStatus.CANCELLED if cancelled else AssignmentStatus.ENDED)
    if not cancelled:
        if days.upper is not None and ends_on >= days.upper:
            raise Invalid("The assignment ends earlier than that already.", field="ends_on")
        save_changes(assignment, {"valid": DateRange(days.lower, ends_on + ONE_DAY)})
    _record(assignment, ResourceReleased(**_of(assignment), cancelled=cancelled))
    return assignment


def _editable(project_id: uuid.UUID, actor: Actor) -> Project:
    project = locked(Project, project_id)
    check_may_edit(actor, project)
    check_not_over(project)
    return project


def _locked(assignment_id: uuid.UUID, actor: Actor, expected_version: int | None = None) -> Assignment:
    """Lock the project first, then the assignment: the order every verb keeps."""
    project_id = Assignment.objects.filter(pk=assignment_id).values_list("project_id", flat=True).first()
    if project_id is None:
        raise NotFound("This assignment does not exist.")
    project = _editable(project_id, actor)
    assignment = locked(Assignment, assignment_id, expected_version=expected_version)
    assignment.project = project
    return assignment


def _move(assignment: Assignment, target: AssignmentStatus) -> None:
    ASSIGNMENT.check(assignment.status, target, label=f"The assignment of {assignment.worker.name}")
    save_changes(assignment, {"status": target})


def _check(assignment: Assignment) -> None:
    if not 0 < assignment.allocation_percent <= 200:
        raise Invalid("An allocation is more than 0 and at most 200 %.", field="allocation_percent")
    if assignment.rate_override is not None and assignment.rate_override < 0:
        raise Invalid("A price is zero or more.", field="rate_override")


def _require_price_right(assignment: Assignment, actor: Actor) -> None:
    require(actor, "rate.edit", assignment.project.contract.legal_entity_id)


def _refuse_overlap(assignment: Assignment) -> None:
    other = Assignment.objects.filter(
        worker=assignment.worker, project=assignment.project, valid__overlap=assignment.valid, status__in=LIVE
    ).first()
    if other:
        raise AlreadyAssigned(
            f"{assignment.worker.name} is on {assignment.project.code} on some of these days already.",
            field="worker",
        )


def _of(assignment: Assignment) -> dict[str, Any]:
    days: Any = assignment.valid
    return {
        "worker_id": assignment.worker_id,
        "project_id": assignment.project_id,
        "contract_id": assignment.project.contract_id,
        "starts_on": days.lower,
        "ends_on": days.upper and days.upper - ONE_DAY,
    }


def _record(assignment: Assignment, payload: object) -> None:
    days: Any = assignment.valid
    record(
        assignment,
        payload,
        legal_entity_id=assignment.project.legal_entity_id,
        effective_on=days.lower,
    )
