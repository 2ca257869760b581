"""Give every request a correlation id and return it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core.correlation import correlated


class CorrelationMiddleware:
    """Take `X-Correlation-ID` from the caller, or start a new one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with correlated(request.headers.get("X-Correlation-ID")) as identifier:
            response = self.get_response(request)
            response["X-Correlation-ID"] = identifier
            return response
