"""The exception queue: one address for list, filters, saved views and the inspected item."""

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import trigger_client_event

from core.filters import Asked, view_conditions
from core.fixes import Fix
from core.models import ExceptionItem
from core.pages import page, person_of
from core.presentation.export import csv_response
from core.presentation.register import is_fragment
from core.presentation.selection import seen_now
from core.queries.queue import everything
from core.tables import EXPORTED, QueuePage

TEMPLATE = "exceptions/queue.html"
PARTS = {"results": "#answer", "inspector": "#inspector", "queue": "#queue"}


@page("exception.view")
def queue(request: HttpRequest) -> HttpResponse:
    """Show the queue, or the part of it a fragment request asks for."""
    return _shown(request, Asked.parse(request.GET))


@page("exception.view")
def exception(request: HttpRequest, number: str) -> HttpResponse:
    """Lead a number, as others quote it, to the queue with the item open."""
    item = get_object_or_404(everything(person_of(request)), number=number)
    return redirect(f"{reverse('exceptions')}?item={item.number}")


@page("exception.view")
def export(request: HttpRequest) -> HttpResponseBase:
    """Download exactly the view of the address."""
    asked, now, user = Asked.parse(request.GET), timezone.now(), person_of(request)
    condition = view_conditions(user, now)[asked.view] & asked.narrowing(now)
    rows = everything(user).filter(condition).order_by("code", "-money_at_risk", "number")
    return csv_response("Exceptions", EXPORTED, rows)


def queue_answer(request: HttpRequest, back: Asked, message: str, *, undo: str = "") -> HttpResponse:
    """Answer a change: the queue anew with a toast, or the page with a message where no script runs."""
    if not is_fragment(request):
        messages.success(request, message)
        return redirect(reverse("exceptions") + back.address(item=back.item))
    response = _shown(request, back, part="#queue")
    response["HX-Retarget"], response["HX-Reswap"] = "#queue", "outerHTML"
    response["HX-Replace-Url"] = reverse("exceptions") + back.address(item=back.item)
    trigger_client_event(response, "toast", {"message": message, **({"undo": undo} if undo else {})})
    return trigger_client_event(response, "closeDialog", {})


def following(request: HttpRequest, item: ExceptionItem) -> str:
    """Return the number of the item after this one in the list that `back` names; nothing for the last."""
    asked = replace(_came_from(request), item=item.number)
    return QueuePage(person_of(request), asked, now=timezone.now()).following({item.pk})


def settled(request: HttpRequest, message: str, *, following: str = "") -> HttpResponse:
    """Answer a suggested fix that was applied with the list in `back`, the item that followed open."""
    return queue_answer(request, replace(_came_from(request), item=following), message)


def fix_refused(request: HttpRequest, item: ExceptionItem, fix: Fix | None) -> HttpResponse:
    """Show a suggested fix again with what is wrong in its form."""
    asked = replace(_came_from(request), item=item.number)
    shown = QueuePage(person_of(request), asked, now=timezone.now())
    shown.inspected = shown.inspected and replace(shown.inspected, fix=fix)
    part = "#inspector" if is_fragment(request) else ""
    response = render(request, TEMPLATE + part, {"page": shown, "asked": asked}, status=422)
    response["HX-Reswap"] = "outerHTML"
    return response


def _shown(request: HttpRequest, asked: Asked, *, part: str | None = None) -> HttpResponse:
    shown = QueuePage(person_of(request), asked, now=timezone.now())
    if part is None:
        target = request.htmx.target if is_fragment(request) else ""  # type: ignore[attr-defined]
        part = PARTS.get(target or "", "")
    return render(request, TEMPLATE + part, {"page": shown, "asked": asked, "as_of": seen_now()})


def _came_from(request: HttpRequest) -> Asked:
    return Asked.parse(QueryDict(request.POST.get("back", "").removeprefix("?")))
