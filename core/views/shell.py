"""What the frame of a page asks for by itself."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from core.pages import page
from core.presentation.register import is_fragment


@page()
def counts(request: HttpRequest) -> HttpResponse:
    """Show the numbers beside the navigation's entries, after something changed."""
    return render(request, "shell/counts.html") if is_fragment(request) else redirect("/")
