"""One effect per Idempotency-Key: the stored answer comes back byte for byte."""

import functools
import hashlib
import re
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.http import HttpResponse, HttpResponseBase
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.authentication import caller_of
from core.api.problems import BadRequest, problem_response
from core.errors import Forbidden, Refusal
from core.models import IdempotencyRecord

HEADER = "Idempotency-Key"
KEPT_HEADERS = ("Content-Type", "Location", "ETag", "Retry-After")
_KEY = re.compile(r"[\x21-\x7e]{1,128}")


class KeyRequired(BadRequest):
    """The request has a financial effect and names no key."""

    code = "idempotency_key_required"


class KeyReused(Refusal):
    """The key was used for another request."""

    code = "idempotency_key_reused"
    status = 422


class StillRunning(Refusal):
    """The first request with this key has not finished."""

    code = "still_running"
    status = 409


def idempotent(handler: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let a POST handler take effect once per caller and key.

    The key and the answer are stored in the transaction of the effect. The same request again gets the
    stored answer with `Idempotency-Replayed: true`; another request under the key is refused (422), and
    while the first one runs, so is the second (409, Retry-After). A verb's refusal is an answer and is
    stored; faults (5xx), unreadable input and missing rights are not. Rights are checked before.
    """

    @functools.wraps(handler)
    def once(view: Any, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        key, fingerprint = _key_of(request), _fingerprint(request)
        with transaction.atomic():
            if not _claimed(request, key):
                return _still_running()
            known = IdempotencyRecord.objects.filter(caller=caller_of(request), key=key).first()
            if known:
                return _replayed(known, fingerprint)
            answer = _answer(handler, view, request, *args, **kwargs)
            _store(request, key, fingerprint, answer)
            return answer

    once.__dict__["is_idempotent"] = True
    return once


def _key_of(request: Request) -> str:
    key = request.headers.get(HEADER, "")
    if not key:
        raise KeyRequired(
            f"Send an {HEADER} header, so that a repeated request takes effect once.", field=HEADER
        )
    if not _KEY.fullmatch(key):
        raise KeyRequired(f"The {HEADER} must be 1 to 128 printable characters without spaces.", field=HEADER)
    return key


def _fingerprint(request: Request) -> str:
    """Identify the request by method, address and raw body (read here, so that parsers can read it again)."""
    parts = (request.method or "", request.get_full_path(), request.content_type)
    return hashlib.sha256("\n".join(parts).encode() + b"\n" + request._request.body).hexdigest()


def _claimed(request: Request, key: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"idempotency:{caller_of(request).pk}:{key}"],
        )
        return bool((cursor.fetchone() or [False])[0])


def _still_running() -> HttpResponseBase:
    refusal = StillRunning("The first request with this key is still running: ask again in a moment.")
    answer = problem_response(refusal)
    assert answer is not None
    answer.headers["Retry-After"] = "1"
    return answer


def _replayed(known: IdempotencyRecord, fingerprint: str) -> HttpResponseBase:
    if known.request_sha256 != fingerprint:
        raise KeyReused("This key was used for another request: take a new one.", field=HEADER)
    answer = HttpResponse(bytes(known.body), status=known.status, headers=known.headers)
    answer.headers["Idempotency-Replayed"] = "true"
    return answer


def _answer(
    handler: Callable[..., HttpResponseBase], view: Any, request: Request, *args: Any, **kwargs: Any
) -> HttpResponse:
    try:
        with transaction.atomic():
            response = handler(view, request, *args, **kwargs)
    except Forbidden:
        raise
    except Refusal as refusal:
        response = problem_response(refusal)  # type: ignore[assignment]
    if not isinstance(response, Response):
        raise TypeError("An idempotent handler returns a rest_framework Response.")
    headers = {name: value for name, value in response.headers.items() if name in KEPT_HEADERS}
    headers["Content-Type"] = response.content_type or "application/json"
    return HttpResponse(_rendered(response), status=response.status_code, headers=headers)


def _rendered(response: Response) -> bytes:
    return b"" if response.data is None else bytes(JSONRenderer().render(response.data))


def _store(request: Request, key: str, fingerprint: str, answer: HttpResponse) -> None:
    IdempotencyRecord.objects.create(
        caller=caller_of(request),
        key=key,
        request_sha256=fingerprint,
        status=answer.status_code,
        headers=dict(answer.headers),
        body=answer.content,
    )
