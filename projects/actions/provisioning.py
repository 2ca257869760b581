"""Set projects up for a contract and open them once everything around them is ready."""

import uuid
from collections.abc import Collection

from contracts.models import Contract
from core.actors import Actor
from core.events import Happening, record, record_all
from core.rows import check_fields, locked
from core.verbs import verb
from projects.actions.lifecycle import ReasonRequired, move_project
from projects.actions.workstreams import Workstream, missing_workstreams, project_code
from projects.events import ProjectActivated, ProjectCancelled, ProjectCreated, TaskAdded
from projects.models import Project, Task
from projects.policies import check_contract_active
from projects.states import PROJECT, ProjectStatus


@verb
def provision_projects(contract_id: uuid.UUID, *, waits_for: str, actor: Actor) -> list[Project]:
    """Make the projects the contract's lines still lack, from their templates: being set up, not open.

    One project for each service line and delivering entity; what people planned by hand stays as it is.
    Doing it again makes nothing. `waits_for` says what is missing before they open. Refuses a workstream
    nobody manages (manager_missing) and a contract that is not active. Records project.created and
    task.added for each.
    """
    contract = locked(Contract, contract_id)
    check_contract_active(contract)
    return [_make(stream, waits_for) for stream in missing_workstreams(contract)]


@verb
def open_projects(project_ids: Collection[uuid.UUID], *, actor: Actor) -> list[Project]:
    """Open projects that were being set up: time is accepted from now on; records project.activated.

    Projects in any other state stay as they are.
    """
    opened = []
    for project in _being_set_up(project_ids):
        check_contract_active(project.contract)
        Project.objects.filter(pk=project.pk).update(waits_for="")
        project.refresh_from_db()
        opened.append(move_project(project, ProjectStatus.ACTIVE, ProjectActivated, actor=actor))
    return opened


@verb
def withdraw_projects(project_ids: Collection[uuid.UUID], *, reason: str, actor: Actor) -> list[Project]:
    """Take back projects that never opened, with a reason; records project.cancelled."""
    if not reason.strip():
        raise ReasonRequired("Say why: the reason stays in the record of the project.", field="reason")
    return [
        move_project(project, ProjectStatus.CANCELLED, ProjectCancelled, actor=actor)
        for project in _being_set_up(project_ids)
    ]


def say_what_is_missing(project_ids: Collection[uuid.UUID], waits_for: str) -> None:
    """Keep on projects being set up what they wait for, in words. Step: it needs an open transaction."""
    rows = Project.objects.filter(pk__in=project_ids, status=ProjectStatus.PROVISIONING)
    rows.exclude(waits_for=waits_for[:400]).update(waits_for=waits_for[:400])


def _being_set_up(project_ids: Collection[uuid.UUID]) -> list[Project]:
    rows = Project.objects.select_for_update(no_key=True, of=("self",)).select_related("contract")
    return list(rows.filter(pk__in=project_ids, status=ProjectStatus.PROVISIONING).order_by("pk"))


def _make(stream: Workstream, waits_for: str) -> Project:
    contract = stream.contract
    PROJECT.check(ProjectStatus.PLANNED, ProjectStatus.PROVISIONING)
    project = Project(
        contract=contract,
        code=project_code(contract),
        name=stream.name,
        legal_entity=stream.delivering_entity,
        manager=stream.manager(),
        service_line=stream.service_line,
        starts_on=stream.starts_on,
        ends_on=stream.ends_on,
        status=ProjectStatus.PROVISIONING,
        waits_for=waits_for[:400],
    )
    check_fields(project)
    project.save(force_insert=True)
    record(
        project,
        ProjectCreated(project.code, project.pk, contract.pk, project.name, project.manager_id),
        legal_entity_id=project.legal_entity_id,
        effective_on=project.starts_on,
    )
    _add_tasks(project, stream.tasks())
    return project


def _add_tasks(project: Project, tasks: list[Task]) -> None:
    for task in tasks:
        task.project = project
        check_fields(task)
    Task.objects.bulk_create(tasks)
    record_all(
        Happening(
            "projects.task",
            task.pk,
            TaskAdded(task.code, project.pk, project.contract_id, task.contract_line_key, task.billable),
            project.legal_entity_id,
        )
        for task in tasks
    )
