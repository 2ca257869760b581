"""Break projects down into tasks, each billed by a line of the contract."""

import uuid
from decimal import Decimal
from typing import TypedDict, Unpack

from core.actors import Actor
from core.errors import Invalid, NotFound
from core.events import record
from core.rows import CodeTaken, check_fields, locked, save_changes
from core.verbs import verb
from projects.events import TaskAdded, TaskChanged, TaskClosed, TaskReopened
from projects.models import Project, Task
from projects.policies import check_line, check_may_edit, check_not_over
from projects.states import TASK, TaskStatus


class TaskFields(TypedDict, total=False):
    """What may be said about a task; `contract_line_key` names the line its time is billed by."""

    code: str
    name: str
    contract_line_key: str
    billable: bool
    budget_hours: Decimal | None


@verb
def add_task(project_id: uuid.UUID, *, actor: Actor, reason: str = "", **fields: Unpack[TaskFields]) -> Task:
    """Add a task to a project that is not over; records task.added.

    Refuses a code the project already has, and a line that the contract's newest terms do not have.
    """
    project = _editable(project_id, actor)
    task = Task(project=project, **fields)
    check_fields(task)
    _check(task)
    if project.tasks.filter(code=task.code).exists():
        raise CodeTaken(f"{project.code} already has a task {task.code}.", field="code")
    task.save(force_insert=True)
    added = TaskAdded(task.code, project.pk, project.contract_id, task.contract_line_key, task.billable)
    record(task, added, legal_entity_id=project.legal_entity_id)
    return task


@verb
def change_task(
    task_id: uuid.UUID,
    *,
    actor: Actor,
    expected_version: int | None = None,
    reason: str = "",
    **changes: Unpack[TaskFields],
) -> Task:
    """Change the given fields; records task.changed with their names, or nothing where all agree."""
    project, task = _locked(task_id, actor, expected_version)
    if "code" in changes and changes["code"] != task.code:
        raise Invalid("The code of a task stays: people book their time on it.", field="code")
    if changed := save_changes(task, changes, check=_check):
        happened = TaskChanged(task.code, project.pk, project.contract_id, changed)
        record(task, happened, legal_entity_id=project.legal_entity_id)
    return task


@verb
def close_task(task_id: uuid.UUID, *, actor: Actor, reason: str = "") -> Task:
    """Take no more time on the task; records task.closed."""
    return _move(task_id, TaskStatus.CLOSED, TaskClosed, actor)


@verb
def reopen_task(task_id: uuid.UUID, *, actor: Actor, reason: str = "") -> Task:
    """Take time on the task again; records task.reopened."""
    return _move(task_id, TaskStatus.OPEN, TaskReopened, actor)


def _editable(project_id: uuid.UUID, actor: Actor) -> Project:
    project = locked(Project, project_id)
    check_may_edit(actor, project)
    check_not_over(project)
    return project


def _locked(task_id: uuid.UUID, actor: Actor, expected_version: int | None = None) -> tuple[Project, Task]:
    project_id = Task.objects.filter(pk=task_id).values_list("project_id", flat=True).first()
    if project_id is None:
        raise NotFound("This task does not exist.")
    return _editable(project_id, actor), locked(Task, task_id, expected_version=expected_version)


def _move(
    task_id: uuid.UUID, target: TaskStatus, happened: type[TaskClosed | TaskReopened], actor: Actor
) -> Task:
    project, task = _locked(task_id, actor)
    if task.status == target:
        return task
    TASK.check(task.status, target, label=f"Task {task.code}")
    save_changes(task, {"status": target})
    record(
        task, happened(task.code, project.pk, project.contract_id), legal_entity_id=project.legal_entity_id
    )
    return task


def _check(task: Task) -> None:
    check_line(task.project.contract, task.contract_line_key, billable=task.billable)
    if task.budget_hours is not None and task.budget_hours < 0:
        raise Invalid("A budget is zero hours or more.", field="budget_hours")
