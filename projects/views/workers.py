"""Pages of workers."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from core.actors import Actor
from core.pages import page, person_of
from core.permissions import holds
from core.presentation.asking import Done, Question, ask
from core.presentation.panels import panels
from core.presentation.register import register_view
from projects.actions import workers as verbs
from projects.forms.projects import LastDayForm
from projects.forms.workers import EmploymentForm, NewWorkerForm, WorkerForm
from projects.models import Worker
from projects.queries import listed_workers, visible_workers
from projects.tables import WORKERS
from projects.tables.worker import WorkerPage


@page("project.view")
def workers(request: HttpRequest) -> HttpResponseBase:
    """List the workers."""
    user = person_of(request)
    extra = {"new_href": reverse("worker_new") if holds(user, "worker.edit") else ""}
    return register_view(request, WORKERS, listed_workers(user, timezone.localdate()), extra=extra)


@page("project.view")
def worker(request: HttpRequest, code: str) -> HttpResponse:
    """Show a worker with employments and assignments."""
    found = _worker(request, code)
    context = {
        "page": WorkerPage(found, timezone.localdate(), person_of(request)),
        "main_panels": panels.of("worker.main", request, found),
        "side_panels": panels.of("worker.side", request, found),
    }
    return render(request, "projects/worker.html", context)


@page("worker.edit")
def worker_new(request: HttpRequest) -> HttpResponse:
    """Enter a worker."""
    form = NewWorkerForm(request.POST or None)

    def act(said: dict[str, Any]) -> Done:
        made = verbs.create_worker(**form.values(), actor=_actor(request))
        return Done(f"{made.name} entered as {made.code}.", reverse("worker", args=[made.code]))

    return ask(request, form, Question("New worker", "Enter worker", reverse("workers")), act)


@page("worker.edit")
def worker_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change a worker."""
    found, back = _worker(request, code), reverse("worker", args=[code])
    initial = {"name": found.name, "email": found.email, "kind": found.kind, "user": found.user_id}
    form = WorkerForm(request.POST or None, initial=initial)

    def act(said: dict[str, Any]) -> Done:
        verbs.change_worker(found.pk, **form.values(), actor=_actor(request))
        return Done(f"{found.code} changed.", back)

    return ask(request, form, Question(f"Edit {found.name}", "Save worker", back), act)


@page("worker.edit")
def employment_new(request: HttpRequest, code: str) -> HttpResponse:
    """Say as what a worker is employed from a day on."""
    found, back = _worker(request, code), reverse("worker", args=[code])
    form = EmploymentForm(request.POST or None, user=person_of(request))

    def act(said: dict[str, Any]) -> Done:
        verbs.set_employment(found.pk, **form.values(), actor=_actor(request))
        return Done(f"Employment of {found.name} set.", back)

    text = "A former employment gives up these days and keeps the others."
    return ask(request, form, Question(f"Employ {found.name}", "Set employment", back, text), act)


@page("worker.edit")
def employment_end(request: HttpRequest, code: str) -> HttpResponse:
    """Let a worker leave after a day."""
    found, back = _worker(request, code), reverse("worker", args=[code])

    def act(said: dict[str, Any]) -> Done:
        verbs.end_employment(found.pk, **said, actor=_actor(request))
        return Done(f"{found.name} leaves.", back)

    question = Question(f"{found.name} leaves", "End employment", back, tone="danger")
    return ask(request, LastDayForm(request.POST or None), question, act)


def _worker(request: HttpRequest, code: str) -> Worker:
    rows = visible_workers(person_of(request)).select_related("user")
    found: Worker = get_object_or_404(rows, code=code)
    return found


def _actor(request: HttpRequest) -> Actor:
    return Actor.of(person_of(request))
