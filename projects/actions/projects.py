"""Plan projects under contracts and move them through their life."""

import uuid
from datetime import date
from typing import TypedDict, Unpack

from contracts.models import Contract
from core.actors import Actor
from core.events import record
from core.permissions import require
from core.rows import check_fields, code_for, locked, save_changes
from core.verbs import verb
from projects.actions.lifecycle import move_project
from projects.actions.loading import load_milestones
from projects.events import (
    ProjectActivated,
    ProjectChanged,
    ProjectCreated,
)
from projects.models import Project
from projects.policies import (
    check_contract_active,
    check_dates,
    check_may_edit,
    check_not_over,
    check_waits_for_nothing,
)
from projects.states import ProjectStatus


class ProjectFields(TypedDict, total=False):
    """What may be said about a project; the delivering entity may differ from the contract's."""

    name: str
    legal_entity_id: uuid.UUID
    manager_id: uuid.UUID
    service_line_id: uuid.UUID
    starts_on: date
    ends_on: date | None


@verb
def create_project(
    contract_id: uuid.UUID, *, actor: Actor, code: str = "", reason: str = "", **fields: Unpack[ProjectFields]
) -> Project:
    """Plan a project of an active contract, delivered by its entity unless another is named.

    Records project.created. The project takes time once it is activated.
    """
    contract = locked(Contract, contract_id)
    check_contract_active(contract)
    project = Project(
        contract=contract,
        code=code_for(Project, code, prefix="P", sequence="projects_project_number"),
        **{"legal_entity_id": contract.legal_entity_id, **fields},
    )
    check_fields(project)
    _check(project)
    require(actor, "project.edit", project.legal_entity_id)
    project.save(force_insert=True)
    record(
        project,
        ProjectCreated(project.code, project.pk, contract.pk, project.name, project.manager_id),
        legal_entity_id=project.legal_entity_id,
        effective_on=project.starts_on,
    )
    return project


@verb
def change_project(
    project_id: uuid.UUID,
    *,
    actor: Actor,
    expected_version: int | None = None,
    reason: str = "",
    **changes: Unpack[ProjectFields],
) -> Project:
    """Change the given fields of a project that is not over; records project.changed, or nothing."""
    project = locked(Project, project_id, expected_version=expected_version)
    check_may_edit(actor, project)
    check_not_over(project)
    changed = save_changes(project, changes, check=_check)
    if changed:
        require(actor, "project.edit", project.legal_entity_id)
        record(
            project,
            ProjectChanged(project.code, project.pk, project.contract_id, changed),
            legal_entity_id=project.legal_entity_id,
        )
    return project


@verb
def activate_project(project_id: uuid.UUID, *, actor: Actor, reason: str = "") -> Project:
    """Open a planned project for time, while its contract is active; records project.activated.

    The milestones of the contract's terms that no project delivers yet are planned with it. Refuses a
    project that the activation of its contract has not opened yet, naming what is missing.
    """
    project = locked(Project, project_id)
    check_contract_active(project.contract)
    check_waits_for_nothing(project)
    starts = (ProjectStatus.PLANNED, ProjectStatus.PROVISIONING)
    move_project(project, ProjectStatus.ACTIVE, ProjectActivated, actor=actor, only_from=starts)
    load_milestones(project.contract_id)
    return project


def _check(project: Project) -> None:
    check_dates(project.starts_on, project.ends_on)
