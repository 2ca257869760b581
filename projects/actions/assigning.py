"""Steps shared by the verbs on assignments; they need an open transaction and open none."""

import uuid
from datetime import timedelta
from typing import Any

from core.actors import Actor
from core.errors import Invalid, NotFound, Refusal
from core.events import record
from core.permissions import require
from core.rows import locked, save_changes
from projects.models import Assignment, Project
from projects.policies import check_may_edit, check_not_over
from projects.states import ASSIGNMENT, AssignmentStatus

ONE_DAY = timedelta(days=1)
LIVE = (AssignmentStatus.PROPOSED, AssignmentStatus.CONFIRMED, AssignmentStatus.ENDED)


class AlreadyAssigned(Refusal):
    """The worker is on the project on some of these days already."""

    code = "already_assigned"


def editable_project(project_id: uuid.UUID, actor: Actor) -> Project:
    """Lock a project that the actor may change and that is not over."""
    project = locked(Project, project_id)
    check_may_edit(actor, project)
    check_not_over(project)
    return project


def locked_assignment(
    assignment_id: uuid.UUID, actor: Actor, expected_version: int | None = None
) -> Assignment:
    """Lock the project first, then the assignment: the order every verb keeps."""
    project_id = Assignment.objects.filter(pk=assignment_id).values_list("project_id", flat=True).first()
    if project_id is None:
        raise NotFound("This assignment does not exist.")
    project = editable_project(project_id, actor)
    assignment = locked(Assignment, assignment_id, expected_version=expected_version)
    assignment.project = project
    return assignment


def move_assignment(assignment: Assignment, target: AssignmentStatus) -> None:
    """Move an assignment by the state table."""
    ASSIGNMENT.check(assignment.status, target, label=f"The assignment of {assignment.worker.name}")
    save_changes(assignment, {"status": target})


def check_assignment(assignment: Assignment) -> None:
    """Refuse an allocation or an agreed price that cannot be."""
    if not 0 < assignment.allocation_percent <= 200:
        raise Invalid("An allocation is more than 0 and at most 200 %.", field="allocation_percent")
    if assignment.rate_override is not None and assignment.rate_override < 0:
        raise Invalid("A price is zero or more.", field="rate_override")


def require_price_right(assignment: Assignment, actor: Actor) -> None:
    """Refuse an agreed price by somebody who may not set prices."""
    require(actor, "rate.edit", assignment.project.contract.legal_entity_id)


def refuse_overlap(assignment: Assignment) -> None:
    """Refuse days on which the worker is on the project already."""
    other = Assignment.objects.filter(
        worker=assignment.worker, project=assignment.project, valid__overlap=assignment.valid, status__in=LIVE
    ).first()
    if other:
        raise AlreadyAssigned(
            f"{assignment.worker.name} is on {assignment.project.code} on some of these days already.",
            field="worker",
        )


def days_of(assignment: Assignment) -> dict[str, Any]:
    """Return what every event of an assignment says; dates are inclusive."""
    days: Any = assignment.valid
    return {
        "worker_id": assignment.worker_id,
        "project_id": assignment.project_id,
        "contract_id": assignment.project.contract_id,
        "starts_on": days.lower,
        "ends_on": days.upper and days.upper - ONE_DAY,
    }


def record_assignment(assignment: Assignment, payload: object) -> None:
    """Record an event of an assignment, effective from its first day."""
    days: Any = assignment.valid
    record(
        assignment,
        payload,
        legal_entity_id=assignment.project.legal_entity_id,
        effective_on=days.lower,
    )
