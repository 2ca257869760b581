"""How billing's pages ask and answer: a dialog or a page, then a toast or a message."""

from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import trigger_client_event

from core.errors import Forbidden, Refusal
from core.presentation.register import is_fragment


def ask(
    request: HttpRequest,
    *,
    title: str,
    button: str,
    form: BaseForm | None = None,
    text: str = "",
    tone: str = "",
    hidden: tuple[tuple[str, str], ...] = (),
) -> HttpResponse:
    """Ask for a reason or a confirmation: in the dialog, or as a page where no script runs."""
    bound = form is not None and form.is_bound and bool(form.errors)
    context = {
        "title": title,
        "button": button,
        "form": form,
        "text": text,
        "tone": tone,
        "action": request.get_full_path(),
        "hidden": (*hidden, ("next", came_from(request))),
    }
    part = "#dialog" if is_fragment(request) else ""
    return render(request, f"billing/decide.html{part}", context, status=422 if bound else 200)


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what a form was sent with, also where that is nothing; None before it was sent."""
    return request.POST if request.method == "POST" else None


def done(request: HttpRequest, message: str, *, back: str, undo: str = "") -> HttpResponse:
    """Answer a change: a toast, and the page asks for itself anew; or a message on the page one came from."""
    if not is_fragment(request):
        messages.success(request, message)
        return redirect(_safe(request, request.POST.get("next", "")) or back)
    response = HttpResponse(status=204)
    trigger_client_event(response, "toast", {"message": message, **({"undo": undo} if undo else {})})
    return trigger_client_event(response, "closeDialog", {})


def refused(form: BaseForm, refusal: Refusal) -> BaseForm:
    """Put a verb's refusal on the field it is about, else on the form; missing rights are no form error."""
    if isinstance(refusal, Forbidden):
        raise refusal
    field = refusal.field if refusal.field in form.fields else None
    form.add_error(field, refusal.sentence)
    return form


def came_from(request: HttpRequest) -> str:
    """Return the page of ours the person was on, or nothing."""
    said = request.POST.get("next", "")
    current: Any = getattr(request, "htmx", None)
    shown = current.current_url_abs_path if current else request.META.get("HTTP_REFERER", "")
    return _safe(request, said or shown or "")


def _safe(request: HttpRequest, address: str) -> str:
    allowed = {request.get_host()}
    return address if url_has_allowed_host_and_scheme(address, allowed, request.is_secure()) else ""
