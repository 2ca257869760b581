"""Pages of connected systems and the messages to them."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.actors import Actor
from core.pages import page, person_of
from core.permissions import holds
from core.presentation.formats import counted
from core.presentation.register import register_view
from core.presentation.selection import Selection
from integrations.actions.deliveries import replay_delivery, waive_delivery
from integrations.actions.systems import pause_system, resume_system
from integrations.forms import ReasonForm, ReplayForm
from integrations.models import Delivery, System
from integrations.queries.deliveries import system_health, visible_deliveries
from integrations.queries.flows import flow_figures
from integrations.tables.deliveries import MESSAGES, DeliveryPage, system_card
from integrations.tables.flows import FlowRow


@page("integration.view")
def messages_of_systems(request: HttpRequest) -> HttpResponseBase:
    """Show the systems with their figures, and their messages as a register."""
    user = person_of(request)
    may_work, now = holds(user, "integration.work"), timezone.now()
    cards = [system_card(health, may_work=may_work) for health in system_health(user, now=now)]
    flows = [FlowRow(figures) for figures in flow_figures(user, now=now)]
    rows = visible_deliveries(user).select_related("system")
    return register_view(request, MESSAGES, rows, extra={"cards": cards, "flows": flows})


@page("integration.view")
def delivery(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one message with its tries, its payload and what may be done."""
    return _shown(request, pk)


@require_POST
@page("integration.view")
def replay(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send a message again, for a reason."""
    form = ReplayForm(request.POST)
    if not form.is_valid():
        return _shown(request, pk, replay_form=form, status=422)
    found = _visible(request, pk)
    said = form.cleaned_data
    replay_delivery(
        [found.pk],
        actor=Actor.of(person_of(request)),
        reason=said["reason"],
        nothing_arrived=said["nothing_arrived"],
    )
    messages.success(request, f"{found.aggregate_label} is tried again now")
    return redirect("delivery", found.pk)


@require_POST
@page("integration.view")
def waive(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give a message up, for a reason."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _shown(request, pk, waive_form=form, status=422)
    found = _visible(request, pk)
    waive_delivery(found.pk, actor=Actor.of(person_of(request)), reason=form.cleaned_data["reason"])
    messages.success(request, f"{found.aggregate_label} goes back to billing as a draft")
    return redirect("delivery", found.pk)


@require_POST
@page("integration.view")
def replay_many(request: HttpRequest) -> HttpResponse:
    """Send the selected messages again; the first answer lists how many and asks why."""
    user = person_of(request)
    filterset = MESSAGES.filterset
    assert filterset
    matching = filterset(request.GET, queryset=visible_deliveries(user), request=request).qs
    ids = list(Selection.parse(request.POST).rows(matching).values_list("pk", flat=True))
    form = ReasonForm(request.POST if "decided" in request.POST else None)
    if form.is_valid():
        replay_delivery(ids, actor=Actor.of(user), reason=form.cleaned_data["reason"])
        messages.success(request, f"{len(ids)} sent again")
        return redirect("integrations")
    context = {
        "title": f"Send {counted(len(ids), 'message')} again",
        "text": "What the system already holds is found, not doubled. Delivered messages stay as they are.",
        "action": request.get_full_path(),
        "form": form,
        "hidden": [("decided", "1"), *(("selected", str(one)) for one in ids)],
    }
    return render(request, "integrations/replay.html", context, status=422 if form.is_bound else 200)


@require_POST
@page("integration.work")
def pause(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send nothing to a system until it is resumed."""
    system = get_object_or_404(System, pk=pk)
    pause_system(system.pk, actor=Actor.of(person_of(request)), reason=request.POST.get("reason", ""))
    messages.success(request, f"{system} is paused: messages wait")
    return redirect("integrations")


@require_POST
@page("integration.work")
def resume(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let messages go to a system again."""
    system = resume_system(get_object_or_404(System, pk=pk).pk, actor=Actor.of(person_of(request)))
    messages.success(request, f"{system} is called again")
    return redirect("integrations")


def _visible(request: HttpRequest, pk: UUID) -> Delivery:
    return get_object_or_404(visible_deliveries(person_of(request)).select_related("system"), pk=pk)


def _shown(
    request: HttpRequest,
    pk: UUID,
    *,
    replay_form: ReplayForm | None = None,
    waive_form: ReasonForm | None = None,
    status: int = 200,
) -> HttpResponse:
    shown = DeliveryPage(person_of(request), _visible(request, pk))
    context = {
        "page": shown,
        "replay_form": replay_form or ReplayForm(),
        "waive_form": waive_form or ReasonForm(prefix=None, auto_id="waive_%s"),
    }
    return render(request, "integrations/delivery.html", context, status=status)
