"""Pages of tasks and assignments of a project."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from core.actors import Actor
from core.pages import page, person_of
from core.presentation.asking import Done, Question, ask
from projects.actions import assignments, tasks
from projects.forms.projects import (
    AssignmentForm,
    LastDayForm,
    NewAssignmentForm,
    NewTaskForm,
    OptionalReasonForm,
    TaskForm,
)
from projects.models import Assignment, Task
from projects.queries import visible_assignments, visible_tasks
from projects.views.projects import project_of

TASK_MOVES = {"close": (tasks.close_task, "Close task"), "reopen": (tasks.reopen_task, "Reopen task")}


@page("project.edit")
def task_new(request: HttpRequest, code: str) -> HttpResponse:
    """Add a task to a project."""
    found, back = project_of(request, code), reverse("project", args=[code])
    form = NewTaskForm(request.POST or None, project=found)

    def act(said: dict[str, Any]) -> Done:
        made = tasks.add_task(found.pk, **said, actor=_actor(request))
        return Done(f"Task {made.code} added.", back)

    return ask(request, form, Question(f"New task of {found.code}", "Add task", back), act)


@page("project.edit")
def task_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change a task."""
    found = _task(request, pk)
    back = reverse("project", args=[found.project.code])
    initial = {name: getattr(found, name) for name in TaskForm.base_fields}
    form = TaskForm(request.POST or None, project=found.project, initial=initial)

    def act(said: dict[str, Any]) -> Done:
        tasks.change_task(found.pk, **said, actor=_actor(request))
        return Done(f"Task {found.code} changed.", back)

    return ask(request, form, Question(f"Edit task {found.code}", "Save task", back), act)


@page("project.edit")
def task_move(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    """Close or reopen a task."""
    if kind not in TASK_MOVES:
        raise Http404(kind)
    found, (verb, button) = _task(request, pk), TASK_MOVES[kind]
    back = reverse("project", args=[found.project.code])

    def act(said: dict[str, Any]) -> Done:
        verb(found.pk, reason=said["reason"], actor=_actor(request))
        return Done(f"Task {found.code} is {'closed' if kind == 'close' else 'open again'}.", back)

    form = OptionalReasonForm(request.POST or None)
    return ask(request, form, Question(f"{button} {found.code}", button, back), act)


@page("project.edit")
def assignment_new(request: HttpRequest, code: str) -> HttpResponse:
    """Put a worker on a project."""
    found, back = project_of(request, code), reverse("project", args=[code])
    form = NewAssignmentForm(request.POST or None, initial={"starts_on": found.starts_on})

    def act(said: dict[str, Any]) -> Done:
        made = assignments.assign_worker(found.pk, **form.values(), actor=_actor(request))
        return Done(f"{made.worker.name} is on {found.code}.", back)

    return ask(request, form, Question(f"Assign somebody to {found.code}", "Assign", back), act)


@page("project.edit")
def assignment_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change role, allocation or agreed price of an assignment."""
    found = _assignment(request, pk)
    back = reverse("project", args=[found.project.code])
    initial = {name: getattr(found, name) for name in AssignmentForm.base_fields}
    form = AssignmentForm(request.POST or None, initial=initial)

    def act(said: dict[str, Any]) -> Done:
        assignments.change_assignment(found.pk, **form.values(), actor=_actor(request))
        return Done(f"The assignment of {found.worker.name} is changed.", back)

    text = "For another price from a day on, release and assign anew."
    return ask(request, form, Question(f"Edit {found.worker.name}", "Save assignment", back, text), act)


@page("project.edit")
def assignment_confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Confirm a proposed assignment."""
    found = _assignment(request, pk)
    back = reverse("project", args=[found.project.code])

    def act(said: dict[str, Any]) -> Done:
        assignments.confirm_assignment(found.pk, **said, actor=_actor(request))
        return Done(f"{found.worker.name} is confirmed.", back)

    form = OptionalReasonForm(request.POST or None)
    return ask(request, form, Question(f"Confirm {found.worker.name}", "Confirm", back), act)


@page("project.edit")
def assignment_release(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End an assignment with a day."""
    found = _assignment(request, pk)
    back = reverse("project", args=[found.project.code])

    def act(said: dict[str, Any]) -> Done:
        assignments.release_worker(found.pk, **said, actor=_actor(request))
        return Done(f"{found.worker.name} is released.", back)

    text = "A day before the first one cancels the assignment."
    question = Question(f"Release {found.worker.name}", "Release", back, text, "danger")
    return ask(request, LastDayForm(request.POST or None), question, act)


def _task(request: HttpRequest, pk: UUID) -> Task:
    rows = visible_tasks(person_of(request)).select_related("project__contract")
    found: Task = get_object_or_404(rows, pk=pk)
    return found


def _assignment(request: HttpRequest, pk: UUID) -> Assignment:
    rows = visible_assignments(person_of(request)).select_related("project", "worker")
    found: Assignment = get_object_or_404(rows, pk=pk)
    return found


def _actor(request: HttpRequest) -> Actor:
    return Actor.of(person_of(request))
