"""What must always hold, and whether it did when it was last asked."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.pages import page, person_of
from reporting.queries.invariants import last_check, statements


@page("integration.view")
def invariants(request: HttpRequest) -> HttpResponse:
    """List the invariants with their offenders, each a link to the exceptions about it."""
    context = {"statements": statements(person_of(request)), "checked": last_check()}
    return render(request, "reporting/invariants.html", context)
