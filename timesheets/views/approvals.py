"""Approvals: what waits for the person, one slice open, and the decisions."""

from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from core.actors import Actor
from core.pages import page, person_of
from core.presentation.register import is_fragment
from core.presentation.selection import SelectionChanged
from timesheets.actions.approvals import approve_time, reject_time
from timesheets.actions.steps.deciding import Decided
from timesheets.forms.deciding import ReasonForm, selected_slices
from timesheets.tables.approvals import ApprovalsPage

TEMPLATE = "approvals/inbox.html"
PARTS = {"results": "#results", "inspector": "#inspector", "queue": "#queue"}


@page("time.approve")
def approvals(request: HttpRequest) -> HttpResponseBase:
    """Show what waits, or the part of it a fragment request asks for."""
    return _shown(request)


@require_POST
@page("time.approve")
def approve(request: HttpRequest) -> HttpResponseBase:
    """Approve the selected slices as they were seen."""
    decided = approve_time(selected_slices(request.POST), actor=Actor.of(person_of(request)))
    return _decided(request, decided, "approved")


@require_POST
@page("time.approve")
def approve_clean(request: HttpRequest) -> HttpResponseBase:
    """Approve everything clean, if it is still what the person confirmed."""
    waiting = ApprovalsPage(person_of(request), request.GET)
    seen = (request.POST.get("expected_count"), _hours(request.POST.get("expected_hours", "")))
    if seen != (str(len(waiting.clean)), waiting.clean_hours):
        raise SelectionChanged(
            f"Now {len(waiting.clean)} clean weeks wait, not those you confirmed: look again and confirm."
        )
    slices = [row.slice for row in waiting.clean]
    return _decided(request, approve_time(slices, actor=Actor.of(person_of(request))), "approved")


@page("time.approve")
def reject(request: HttpRequest) -> HttpResponseBase:
    """Ask for the reason, then send the selected slices back."""
    given = request.POST if request.method == "POST" else request.GET
    slices = selected_slices(given)
    form = ReasonForm(request.POST if "reason" in request.POST else None)
    if not form.is_valid():
        return _reason_dialog(request, form, len(slices), given.getlist("selected"))
    reason = form.cleaned_data["reason"]
    return _decided(
        request, reject_time(slices, actor=Actor.of(person_of(request)), reason=reason), "sent back"
    )


def _reason_dialog(request: HttpRequest, form: ReasonForm, count: int, keys: list[str]) -> HttpResponse:
    context = {
        "title": f"Send back {count} week{'' if count == 1 else 's'}",
        "action": request.get_full_path(),
        "button": "Send back",
        "form": form,
        "hidden": [("selected", key) for key in keys],
    }
    part = "#dialog" if is_fragment(request) else ""
    return render(request, f"approvals/reject.html{part}", context, status=422 if form.is_bound else 200)


def _decided(request: HttpRequest, decided: Decided, what: str) -> HttpResponse:
    message = f"{decided.hours.normalize():f} h {what}" if decided.entries else "Nothing was left to decide"
    if not is_fragment(request):
        messages.success(request, message)
        return redirect(reverse("approvals") + ApprovalsPage(person_of(request), request.GET).address)
    answer = _shown(request, part="#queue")
    answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#queue", "outerHTML"
    trigger_client_event(answer, "closeDialog", {})
    return trigger_client_event(answer, "toast", {"message": message})


def _shown(request: HttpRequest, part: str = "") -> HttpResponse:
    asked = part or (PARTS.get(request.headers.get("HX-Target", ""), "") if is_fragment(request) else "")
    context = {"page": ApprovalsPage(person_of(request), request.GET)}
    return render(request, f"{TEMPLATE}{asked}", context)


def _hours(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
