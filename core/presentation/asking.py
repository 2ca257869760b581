"""A page or dialog that asks what a verb needs, runs it, and leads on; a refusal shows beside its field."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django_htmx.http import HttpResponseClientRedirect

from core.errors import Forbidden, NotFound, Refusal
from core.presentation.register import is_fragment

TEMPLATE = "components/asking.html"


class Day(forms.DateInput):
    """The browser's own date picker."""

    input_type = "date"

    def __init__(self, **attributes: Any) -> None:
        super().__init__(attrs=attributes, format="%Y-%m-%d")


@dataclass(frozen=True)
class Question:
    """What is asked: its words, and where to go when nothing is done. `tone` danger for what ends things."""

    title: str
    button: str
    back: str
    text: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Done:
    """What was done, in a sentence, and where to go on."""

    message: str
    href: str


def ask(
    request: HttpRequest, form: forms.Form, question: Question, act: Callable[[dict[str, Any]], Done]
) -> HttpResponse:
    """Show the form, or act on a valid one and lead on; works as page and as dialog, without script too."""
    if request.method == "POST" and form.is_valid():
        try:
            done = act(form.cleaned_data)
        except (Forbidden, NotFound):
            raise
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return lead_on(request, done)
    context = {"form": form, "question": question, "action": request.get_full_path()}
    part = "#dialog" if is_fragment(request) else ""
    return render(request, TEMPLATE + part, context, status=422 if form.is_bound else 200)


def lead_on(request: HttpRequest, done: Done) -> HttpResponse:
    """Go to the next page, where the message stands."""
    messages.success(request, done.message)
    return HttpResponseClientRedirect(done.href) if is_fragment(request) else redirect(done.href)


def show_refusal(form: forms.Form, refusal: Refusal) -> None:
    """Put a refusal beside the field it is about, else above the form."""
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
