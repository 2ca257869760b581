"""Errors as RFC 9457 problem+json: a stable code, the field, a sentence, the correlation id."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import DataError, IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views import defaults
from rest_framework.exceptions import (
    APIException,
    MethodNotAllowed,
    Throttled,
    UnsupportedMediaType,
    ValidationError,
)
from rest_framework.response import Response
from rest_framework.status import HTTP_422_UNPROCESSABLE_ENTITY

from core.correlation import correlation_id
from core.errors import Refusal

CONTENT_TYPE = "application/problem+json"
TITLES = {
    400: "The request cannot be read",
    401: "Sign in first",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    406: "Not available in that form",
    409: "Not possible now",
    412: "Changed by somebody else",
    413: "Too large",
    415: "Unsupported type of body",
    422: "The input is wrong",
    428: "Say which version you mean",
    429: "Too many requests",
    500: "Something broke on our side",
}


class BadRequest(Refusal):
    """The request itself is malformed: header, query parameter or cursor."""

    code = "bad_request"
    status = 400


def problem(status: int, code: str, sentence: str, *, field: str = "", errors: Any = None) -> dict[str, Any]:
    """Return the body of a problem; `errors` lists every wrong field where there are several."""
    body = {
        "type": f"urn:tieout:problem:{code}",
        "title": TITLES.get(status, "Refused"),
        "status": status,
        "detail": sentence,
        "code": code,
        "field": field,
        "correlation_id": correlation_id(),
    }
    return {**body, "errors": errors} if errors else body


def problem_response(error: Exception, context: dict[str, Any] | None = None) -> Response | None:
    """Turn an exception of an API view into its problem; None leaves a fault of ours to the 500 handler."""
    known = _refusal(error) or _framework(error) or _database(error)
    if known is None:
        return None
    body, headers = known
    return Response(body, status=body["status"], headers=headers, content_type=CONTENT_TYPE)


def _refusal(error: Exception) -> tuple[dict[str, Any], dict[str, str]] | None:
    if not isinstance(error, Refusal):
        return None
    return problem(error.status, error.code, error.sentence, field=error.field), {}


def _framework(error: Exception) -> tuple[dict[str, Any], dict[str, str]] | None:
    if isinstance(error, Http404):
        return problem(404, "not_found", "There is no such object, or you may not see it."), {}
    if isinstance(error, PermissionDenied):
        return problem(403, "forbidden", str(error) or "You may not do this."), {}
    if isinstance(error, RequestDataTooBig):
        return problem(413, "too_large", "The body is too large: send it in smaller parts or as a file."), {}
    if isinstance(error, ValidationError):
        return _wrong_input(error), {}
    if not isinstance(error, APIException):
        return None
    code = str(getattr(error.detail, "code", error.default_code))
    return problem(error.status_code, code, _sentence(error)), _headers(error)


def _database(error: Exception) -> tuple[dict[str, Any], dict[str, str]] | None:
    if isinstance(error, DataError | UnicodeEncodeError):
        return problem(422, "invalid", "A value is too large, or holds characters that cannot be stored."), {}
    if isinstance(error, IntegrityError):
        rule = (
            getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or "a rule of the data"
        )
        return problem(409, "conflict", f"This contradicts what is stored: {rule.replace('_', ' ')}."), {}
    return None


def _wrong_input(error: ValidationError) -> dict[str, Any]:
    errors = list(_flat(error.detail, ""))
    first = errors[0] if errors else {"field": "", "code": "invalid", "sentence": "The input is wrong."}
    sentence = first["sentence"]
    status = HTTP_422_UNPROCESSABLE_ENTITY
    return problem(status, first["code"], sentence, field=first["field"], errors=errors)


def _flat(detail: Any, path: str) -> Iterator[dict[str, str]]:
    """Yield one entry per wrong field; rows of lists are numbered from 0."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _flat(inner, path if name == "non_field_errors" else f"{path}.{name}".strip("."))
    elif isinstance(detail, list) and any(isinstance(inner, dict | list) for inner in detail):
        for place, inner in enumerate(detail):
            yield from _flat(inner, f"{path}.{place}".strip("."))
    elif isinstance(detail, list):
        for inner in detail:
            yield from _flat(inner, path)
    else:
        yield {"field": path, "code": str(getattr(detail, "code", "invalid")), "sentence": str(detail)}


def _sentence(error: APIException) -> str:
    if isinstance(error, MethodNotAllowed):
        return f"{error.detail}"
    if isinstance(error, UnsupportedMediaType):
        return "Send the body as application/json."
    return str(error.detail)


def _headers(error: APIException) -> dict[str, str]:
    headers = {}
    if header := getattr(error, "auth_header", ""):
        headers["WWW-Authenticate"] = str(header)
    if isinstance(error, Throttled) and (seconds := getattr(error, "wait", None)):
        headers["Retry-After"] = str(int(seconds) + 1)
    return headers


def _as_json(status: int, code: str, sentence: str) -> HttpResponse:
    return JsonResponse(problem(status, code, sentence), status=status, content_type=CONTENT_TYPE)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an unknown address: as a problem under /api/, as a page elsewhere."""
    if request.path.startswith("/api/"):
        return _as_json(404, "not_found", "There is nothing at this address.")
    return defaults.page_not_found(request, exception)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that Django itself refuses."""
    if request.path.startswith("/api/"):
        return _as_json(400, "bad_request", "The request cannot be read.")
    return defaults.bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer when we broke: never with a trace, always with the correlation id to quote."""
    if request.path.startswith("/api/"):
        return _as_json(
            500, "server_error", "Something broke on our side; nothing was changed by this request."
        )
    return defaults.server_error(request)
