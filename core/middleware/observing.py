"""Trace and time every request."""

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from opentelemetry.trace import SpanKind

from core.observing.exposition import REQUESTS
from core.observing.tracing import span


class ObservingMiddleware:
    """Run each request as a span that continues the caller's trace, and count it by page and status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        method = str(request.method)
        with span(method, parent=request.headers.get("traceparent", ""), kind=SpanKind.SERVER) as current:
            response = self.get_response(request)
            page = _page(request)
            current.update_name(f"{method} {page}")
            current.set_attribute("http.response.status_code", response.status_code)
        # The name of the route, never the address: identifiers would make a series each.
        REQUESTS.labels(method, page, str(response.status_code)).observe(time.perf_counter() - began)
        return response


def _page(request: HttpRequest) -> str:
    match = request.resolver_match
    return (match.view_name or match.route) if match else "unknown"
