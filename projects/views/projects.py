"""Pages of projects."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from contracts.queries import visible_contracts
from core.actors import Actor
from core.pages import page, person_of
from core.presentation.asking import Done, Question, ask
from core.presentation.panels import panels
from core.presentation.register import register_view
from projects.actions import lifecycle
from projects.actions import projects as verbs
from projects.forms.projects import (
    NewProjectForm,
    OptionalReasonForm,
    ProjectForm,
    ReasonForm,
    project_values,
)
from projects.models import Project
from projects.queries import listed_projects, visible_projects
from projects.tables import PROJECTS
from projects.tables.project import ProjectPage


@page("project.view")
def projects(request: HttpRequest) -> HttpResponseBase:
    """List the projects."""
    return register_view(request, PROJECTS, listed_projects(person_of(request)))


@page("project.view")
def project(request: HttpRequest, code: str) -> HttpResponse:
    """Show a project with its tasks and people."""
    found = project_of(request, code)
    context = {
        "page": ProjectPage(found, person_of(request)),
        "top_panels": panels.of("project.top", request, found),
        "main_panels": panels.of("project.main", request, found),
        "side_panels": panels.of("project.side", request, found),
    }
    return render(request, "projects/project.html", context)


@page("project.edit")
def project_new(request: HttpRequest, code: str) -> HttpResponse:
    """Plan a project of a contract."""
    user = person_of(request)
    contract = get_object_or_404(visible_contracts(user), code=code)
    given = {"legal_entity": contract.legal_entity_id, "name": contract.name}
    form = NewProjectForm(request.POST or None, user=user, initial=given)

    def act(said: dict[str, Any]) -> Done:
        made = verbs.create_project(contract.pk, **form.values(), actor=Actor.of(user))
        return Done(f"{made.code} planned.", reverse("project", args=[made.code]))

    question = Question(f"New project of {contract}", "Plan project", reverse("contract", args=[code]))
    return ask(request, form, question, act)


@page("project.edit")
def project_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change a project."""
    found, user, back = project_of(request, code), person_of(request), reverse("project", args=[code])
    form = ProjectForm(request.POST or None, user=user, initial=project_values(found))

    def act(said: dict[str, Any]) -> Done:
        verbs.change_project(found.pk, **form.values(), actor=Actor.of(user))
        return Done(f"{code} changed.", back)

    return ask(request, form, Question(f"Edit {found.code}", "Save project", back), act)


@dataclass(frozen=True)
class Move:
    """A step in the life of a project: its verb and words."""

    verb: Callable[..., Project]
    button: str
    done: str
    text: str = ""
    form: type[forms.Form] = OptionalReasonForm
    tone: str = ""


MOVES = {
    "activate": Move(verbs.activate_project, "Activate", "active", "Time is accepted from then on."),
    "resume": Move(lifecycle.resume_project, "Resume", "active again"),
    "hold": Move(
        lifecycle.hold_project, "Put on hold", "on hold", "No time is accepted meanwhile.", ReasonForm
    ),
    "close": Move(lifecycle.close_project, "Close", "closed", "No more time is accepted.", tone="danger"),
    "cancel": Move(lifecycle.cancel_project, "Cancel project", "cancelled", form=ReasonForm, tone="danger"),
}


@page("project.edit")
def project_move(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """Activate, hold, resume, close or cancel a project."""
    if kind not in MOVES:
        raise Http404(kind)
    found, move, back = project_of(request, code), MOVES[kind], reverse("project", args=[code])

    def act(said: dict[str, Any]) -> Done:
        move.verb(found.pk, reason=said["reason"], actor=Actor.of(person_of(request)))
        return Done(f"{code} is {move.done}.", back)

    question = Question(f"{move.button}: {found}", move.button, back, move.text, move.tone)
    return ask(request, move.form(request.POST or None), question, act)


def project_of(request: HttpRequest, code: str) -> Project:
    """Return a project within the person's reach, with what its pages show."""
    rows = visible_projects(person_of(request))
    found: Project = get_object_or_404(
        rows.select_related("contract__customer", "legal_entity", "manager", "service_line"), code=code
    )
    return found
