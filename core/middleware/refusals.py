"""Turn a verb's refusal into an answer a person can read, never into a 500."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.errors import Refusal


class RefusalMiddleware:
    """Show the sentence of an uncaught refusal with its status; the API has its own handler."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Render a refusal: as a note for a fragment request, as a page otherwise."""
        if not isinstance(error, Refusal):
            return None
        fragment = bool(getattr(request, "htmx", False))
        template = "refusal.html#refusal" if fragment else "refusal.html"
        status = 409 if fragment and error.status in {403, 412} else error.status
        return render(request, template, {"refusal": error}, status=status)
