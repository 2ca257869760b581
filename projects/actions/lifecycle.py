"""Hold, resume, close and cancel projects."""

import uuid

from core.actors import Actor
from core.errors import Invalid
from core.events import record
from core.rows import locked, save_changes
from core.states import IllegalMove, words
from core.verbs import verb
from projects.events import (
    ProjectActivated,
    ProjectCancelled,
    ProjectClosed,
    ProjectHeld,
    ProjectResumed,
)
from projects.models import Project
from projects.policies import check_contract_active, check_may_edit
from projects.states import PROJECT, ProjectStatus


class ReasonRequired(Invalid):
    """This step has to be explained."""

    code = "reason_required"


@verb
def hold_project(project_id: uuid.UUID, *, reason: str, actor: Actor) -> Project:
    """Stop taking time for a while, with a reason; records project.held."""
    _explained(reason)
    return move_project(locked(Project, project_id), ProjectStatus.ON_HOLD, ProjectHeld, actor=actor)


@verb
def resume_project(project_id: uuid.UUID, *, actor: Actor, reason: str = "") -> Project:
    """Take time again, while the contract is active; records project.resumed."""
    project = locked(Project, project_id)
    check_contract_active(project.contract)
    held = (ProjectStatus.ON_HOLD,)
    return move_project(project, ProjectStatus.ACTIVE, ProjectResumed, actor=actor, only_from=held)


@verb
def close_project(project_id: uuid.UUID, *, actor: Actor, reason: str = "") -> Project:
    """Take no more time; records project.closed."""
    return move_project(locked(Project, project_id), ProjectStatus.CLOSED, ProjectClosed, actor=actor)


@verb
def cancel_project(project_id: uuid.UUID, *, reason: str, actor: Actor) -> Project:
    """Give up a project before work began, with a reason; records project.cancelled."""
    _explained(reason)
    return move_project(locked(Project, project_id), ProjectStatus.CANCELLED, ProjectCancelled, actor=actor)


Moved = (
    type[ProjectActivated]
    | type[ProjectHeld]
    | type[ProjectResumed]
    | type[ProjectClosed]
    | type[ProjectCancelled]
)


def move_project(
    project: Project,
    target: ProjectStatus,
    happened: Moved,
    *,
    actor: Actor,
    only_from: tuple[ProjectStatus, ...] = (),
) -> Project:
    """Move a locked project by the state table and record what happened; a state reached stays."""
    check_may_edit(actor, project)
    if project.status == target:
        return project
    if only_from and project.status not in only_from:
        wanted = " or ".join(words(state) for state in only_from)
        raise IllegalMove(f"{project.code} is {words(project.status)}, not {wanted}.", field="status")
    PROJECT.check(project.status, target, label=project.code)
    save_changes(project, {"status": target})
    record(
        project,
        happened(project.code, project.pk, project.contract_id),
        legal_entity_id=project.legal_entity_id,
    )
    return project


def _explained(reason: str) -> None:
    if not reason.strip():
        raise ReasonRequired("Say why: the reason stays in the record of the project.", field="reason")
