"""Pages of processes."""

from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from core.actors import Actor
from core.pages import page, person_of
from core.presentation.register import register_view
from integrations.actions.processes import resume_process
from integrations.models import Process
from integrations.queries.processes import listed_processes, visible_processes
from integrations.tables.processes import PROCESSES, ProcessPage


@page("process.view")
def processes(request: HttpRequest) -> HttpResponseBase:
    """Show the processes as a register: where each stands, and whom it waits for."""
    return register_view(request, PROCESSES, listed_processes(person_of(request)))


@page("process.view")
def process(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one process with its steps, their tries and what they left."""
    shown = ProcessPage(person_of(request), _visible(request, pk))
    return render(request, "integrations/process.html", {"page": shown})


@page("process.view")
def of_contract(request: HttpRequest, code: str) -> HttpResponse:
    """Lead from a contract to its activation, or to the register where there is none to be seen."""
    rows = visible_processes(person_of(request)).filter(subject_label=code)
    found = rows.order_by("-created_at").first()
    return redirect("process", found.pk) if found else redirect(f"{reverse('processes')}?q={quote(code)}")


@require_POST
@page("process.work")
def resume(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Have what stopped tried again now."""
    found = _visible(request, pk)
    resume_process(found.pk, actor=Actor.of(person_of(request)), reason=request.POST.get("reason", "")[:240])
    messages.success(request, f"{found.subject_label} goes on where it stopped")
    return redirect("process", found.pk)


def _visible(request: HttpRequest, pk: UUID) -> Process:
    rows = visible_processes(person_of(request)).select_related("legal_entity")
    return get_object_or_404(rows, pk=pk)
