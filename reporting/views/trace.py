"""Trace by any id: the page, and what the palette suggests while one types."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core.models import User
from core.pages import page, person_of
from core.presentation.register import is_fragment
from reporting.queries.chain import chain_nodes
from reporting.queries.finding import find_subjects, suggestions
from reporting.queries.opening import page_of
from reporting.queries.story import trace_of

TEMPLATE = "reporting/trace.html"


@page("trace.view")
def trace(request: HttpRequest) -> HttpResponse:
    """Show what an id means and everything that happened around it; several meanings are listed.

    With `go` the page of the one object of that number opens instead, where there is one.
    """
    user, text = person_of(request), request.GET.get("q", "").strip()
    if is_fragment(request) and request.htmx.target == "palette-results":  # type: ignore[attr-defined]
        return _suggested(request, text, user)
    if "go" in request.GET and (opened := page_of(text, user)):
        return redirect(opened)
    subjects = find_subjects(text, user)
    context: dict[str, Any] = {"q": text, "subjects": subjects}
    context["groups"] = [] if subjects else suggestions(text, user)
    chosen = request.GET.get("of")
    subject = next((one for one in subjects if str(one.id) == chosen), None) or next(iter(subjects), None)
    if subject:
        found = trace_of(subject, user)
        nodes = chain_nodes(found.facts, failed=subject.failed) if found.facts else ()
        context |= {"trace": found, "subject": subject, "nodes": nodes}
    return render(request, TEMPLATE, context)


def _suggested(request: HttpRequest, text: str, user: User) -> HttpResponse:
    """List what fits while one types; what Enter will open stands first, and nothing is opened yet."""
    listed = {
        "q": text,
        "exact": page_of(text, user),
        "subjects": find_subjects(text, user),
        "groups": suggestions(text, user),
    }
    return render(request, f"{TEMPLATE}#palette", listed)


@page("trace.view")
def trace_by_path(request: HttpRequest, text: str) -> HttpResponse:
    """Lead `/trace/<any id>/`, as people link it, to the page."""
    query = request.GET.copy()
    query["q"] = text
    return redirect(f"{reverse('trace')}?{query.urlencode()}")
