"""One HTTP request to the ERP and the sorting of what comes back."""

import json
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime

import httpx

from integrations.sandbox_erp.errors import (
    AuthFailed,
    Malformed,
    OutcomeUnknown,
    Refused,
    Throttled,
    TooLate,
    Unreachable,
)

JsonObject = Mapping[str, object]
InTime = Callable[[], bool]
_PIECE = 16384


@dataclass(frozen=True)
class Trace:
    """The ids that travel with every call, so that both systems' logs meet."""

    correlation_id: str | None = None
    traceparent: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        named = {"X-Correlation-ID": self.correlation_id, "traceparent": self.traceparent}
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True)
class Timeouts:
    """Seconds to wait for a connection, for each part of an answer, and for what was sent to arrive."""

    connect: float = 3
    read: float = 10
    arrive: float = 20

    @property
    def socket_options(self) -> list[tuple[int, int, int]]:
        """Let the kernel drop what the other side does not acknowledge in time, where it can do that.

        Without it a request that waits in the socket's buffer may arrive a quarter of an hour later.
        """
        option = getattr(socket, "TCP_USER_TIMEOUT", None)
        return [(socket.IPPROTO_TCP, option, int(self.arrive * 1000))] if option else []


def connection_pool(base_url: str, token: str, timeouts: Timeouts) -> httpx.Client:
    """Open a pool that follows no redirect and no proxy setting and never retries by itself."""
    return httpx.Client(
        base_url=base_url,
        headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
        timeout=httpx.Timeout(timeouts.read, connect=timeouts.connect),
        transport=httpx.HTTPTransport(socket_options=timeouts.socket_options, trust_env=False),
        follow_redirects=False,
        trust_env=False,
    )


def request(
    pool: httpx.Client,
    method: str,
    path: str,
    *,
    trace: Trace,
    query: Mapping[str, str | int | None] | None = None,
    body: object = None,
    idempotency_key: str | None = None,
    in_time: InTime | None = None,
) -> JsonObject:
    """Send one request once and return its JSON object; every other end raises an ErpError.

    `in_time` is asked each time before a piece of the body is written to the socket: once it fails, TooLate.
    """
    headers = trace.headers
    if idempotency_key:
        headers["Idempotency-Key"] = idempotency_key
    given = {name: value for name, value in (query or {}).items() if value is not None}
    content = _json_bytes(body)
    if content:
        headers |= {"Content-Type": "application/json", "Content-Length": str(len(content))}
    try:
        pieces = _while_in_time(content, in_time) if in_time else content
        response = pool.request(method, path, params=given or None, content=pieces, headers=headers)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol) as error:
        raise Unreachable(f"{pool.base_url}: {error}") from error
    except httpx.DecodingError as error:
        raise Malformed(f"{method} {path}: {error}") from error
    except httpx.RequestError as error:
        raise OutcomeUnknown(f"{method} {path}: {type(error).__name__} {error}".rstrip()) from error
    return _sorted_answer(response, f"{method} {path}")


def _json_bytes(body: object) -> bytes:
    return b"" if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _while_in_time(content: bytes, in_time: InTime) -> Iterator[bytes]:
    """Hand out a body piece by piece to the writer; what is held back leaves the request incomplete."""
    for place in range(0, len(content), _PIECE):
        if not in_time():
            raise TooLate("It was not sent: the time to send was over.")
        yield content[place : place + _PIECE]


def _sorted_answer(response: httpx.Response, what: str) -> JsonObject:
    status = response.status_code
    if response.is_success:
        return _json_object(response, what)
    if status in (401, 403):
        raise AuthFailed(f"{what}: {_reason(response)}")
    if status == 429 or (status == 503 and "Retry-After" in response.headers):
        raise Throttled(f"{what}: {_reason(response)}", _retry_after(response))
    if status >= 500 or status == 408:
        raise OutcomeUnknown(f"{what}: {_reason(response)}")
    if response.is_client_error:
        raise _refusal(response, what)
    raise Malformed(f"{what}: unexpected {_reason(response)}")


def _refusal(response: httpx.Response, what: str) -> Refused:
    data = _json_object(response, what)
    code, message, field = data.get("code"), data.get("message"), data.get("field")
    if not isinstance(code, str) or not isinstance(message, str):
        raise Malformed(f"{what}: {_reason(response)} without code and message")
    return Refused(response.status_code, code, message, field if isinstance(field, str) else None)


def _json_object(response: httpx.Response, what: str) -> JsonObject:
    try:
        data = json.loads(response.content, parse_float=Decimal)
    except ValueError as error:
        raise Malformed(f"{what}: {response.status_code} with a body that is not JSON") from error
    if not isinstance(data, dict):
        raise Malformed(f"{what}: {response.status_code} with JSON that is not an object")
    return data


def _reason(response: httpx.Response) -> str:
    return f"{response.status_code} {response.text[:200]}".rstrip()


def _retry_after(response: httpx.Response) -> int | None:
    """Read Retry-After, given in seconds or as an HTTP date, as whole seconds."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return int(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0, round((moment - datetime.now(UTC)).total_seconds()))
