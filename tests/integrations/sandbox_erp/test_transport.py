"""How every kind of answer is sorted; the server here is a stand-in at the HTTP edge."""

import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from integrations.sandbox_erp.client import SandboxErpClient
from integrations.sandbox_erp.errors import (
    AuthFailed,
    ErpError,
    Malformed,
    OutcomeUnknown,
    Refused,
    Throttled,
    Unreachable,
)
from integrations.sandbox_erp.transport import JsonObject, Timeouts, Trace, connection_pool, request
from tests.integrations.sandbox_erp.running import RunningErp

REASON = {"code": "period_closed", "message": "Closed.", "field": "document_date"}


def _ask(answer: httpx.Response | Callable[[httpx.Request], httpx.Response]) -> JsonObject:
    handler = answer if callable(answer) else lambda _: answer
    with httpx.Client(transport=httpx.MockTransport(handler), base_url="http://erp.example") as pool:
        return request(pool, "POST", "/api/documents", trace=Trace(), body={})


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.Response(401, json=REASON), AuthFailed),
        (httpx.Response(403), AuthFailed),
        (httpx.Response(422, json=REASON), Refused),
        (httpx.Response(404, json=REASON), Refused),
        (httpx.Response(404, text="no such page"), Malformed),
        (httpx.Response(422, json={"code": 7, "message": "x"}), Malformed),
        (httpx.Response(422, json=[]), Malformed),
        (httpx.Response(429), Throttled),
        (httpx.Response(503, headers={"Retry-After": "5"}), Throttled),
        (httpx.Response(503), OutcomeUnknown),
        (httpx.Response(500), OutcomeUnknown),
        (httpx.Response(504), OutcomeUnknown),
        (httpx.Response(408), OutcomeUnknown),
        (httpx.Response(302, headers={"Location": "http://elsewhere.example"}), Malformed),
        (httpx.Response(201, text="<html>"), Malformed),
        (httpx.Response(204), Malformed),
        (httpx.Response(200, json="text"), Malformed),
    ],
    ids=lambda value: str(getattr(value, "status_code", getattr(value, "__name__", value))),
)
def test_answers_are_sorted(answer: httpx.Response, kind: type[ErpError]) -> None:
    with pytest.raises(ErpError) as error:
        _ask(answer)

    assert type(error.value) is kind


def _raising(error: Exception) -> Callable[[httpx.Request], httpx.Response]:
    def handler(_: httpx.Request) -> httpx.Response:
        raise error

    return handler


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (httpx.ConnectError("refused"), Unreachable),
        (httpx.ConnectTimeout("slow"), Unreachable),
        (httpx.PoolTimeout("busy"), Unreachable),
        (httpx.WriteError("cut"), OutcomeUnknown),
        (httpx.WriteTimeout("slow"), OutcomeUnknown),
        (httpx.ReadError("cut"), OutcomeUnknown),
        (httpx.ReadTimeout("slow"), OutcomeUnknown),
        (httpx.RemoteProtocolError("cut"), OutcomeUnknown),
        (httpx.DecodingError("not gzip"), Malformed),
    ],
    ids=lambda value: getattr(value, "__name__", type(value).__name__),
)
def test_failures_are_sorted_by_whether_something_was_sent(
    failure: httpx.RequestError, kind: type[ErpError]
) -> None:
    with pytest.raises(ErpError) as error:
        _ask(_raising(failure))

    assert type(error.value) is kind


def test_a_refusal_carries_the_reason() -> None:
    with pytest.raises(Refused) as refusal:
        _ask(httpx.Response(422, json={**REASON, "more": 1}))

    error = refusal.value
    assert (error.status, error.code, error.message, error.field) == (
        422,
        "period_closed",
        "Closed.",
        "document_date",
    )


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("120", 120), ("0", 0), ("soon", None), ("", None), ("-5", None), ("Wed, 18 Nov 2020 10:00:00 GMT", 0)],
)
def test_retry_after_is_read_in_seconds(header: str, seconds: int | None) -> None:
    with pytest.raises(Throttled) as throttled:
        _ask(httpx.Response(429, headers={"Retry-After": header}))

    assert throttled.value.retry_after == seconds


def test_retry_after_may_be_a_date() -> None:
    in_an_hour = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)

    with pytest.raises(Throttled) as throttled:
        _ask(httpx.Response(429, headers={"Retry-After": in_an_hour}))

    assert throttled.value.retry_after is not None
    assert 3590 <= throttled.value.retry_after <= 3600


def test_the_ids_of_a_trace_and_the_token_travel_with_the_call() -> None:
    seen: list[httpx.Request] = []

    def handler(call: httpx.Request) -> httpx.Response:
        seen.append(call)
        return httpx.Response(200, json={})

    with connection_pool("http://erp.example", "secret", Timeouts()) as pool:
        pool._transport = httpx.MockTransport(handler)
        request(pool, "POST", "/api/x", trace=Trace("c-1", "00-ab-cd-01"), body={}, idempotency_key="k-1")
        request(pool, "GET", "/api/x", trace=Trace(), query={"a": "1", "b": None})

    first, second = seen
    names = ("Authorization", "X-Correlation-ID", "traceparent", "Idempotency-Key")
    assert [first.headers.get(name) for name in names] == ["Bearer secret", "c-1", "00-ab-cd-01", "k-1"]
    assert [second.headers.get(name) for name in names] == ["Bearer secret", None, None, None]
    assert str(second.url) == "http://erp.example/api/x?a=1"


def test_the_real_server_answers_with_the_correlation_id(erp: RunningErp) -> None:
    headers = {"Authorization": "Bearer token-of-the-tests", "X-Correlation-ID": "c-77"}

    response = httpx.get(f"{erp.url}/api/companies", headers=headers, trust_env=False)

    assert response.headers["X-Correlation-ID"] == "c-77"


def test_a_wrong_token_fails_for_reads_and_writes(erp: RunningErp) -> None:
    with SandboxErpClient(erp.url, "wrong") as client:
        for call in (lambda: client.changes(0), lambda: client.post_document("RE-1")):
            with pytest.raises(AuthFailed):
                call()


def test_nobody_listening_is_unreachable() -> None:
    with SandboxErpClient("http://127.0.0.1:9", "token") as client, pytest.raises(Unreachable):
        client.changes(0)


@pytest.fixture
def hanging_up() -> Iterator[str]:
    """Serve connections that take the request and close without a word."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connection.recv(65536)
            connection.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(timeout=5)


def test_hanging_up_after_the_request_leaves_the_outcome_unknown(hanging_up: str) -> None:
    with SandboxErpClient(hanging_up, "token") as client, pytest.raises(OutcomeUnknown) as error:
        client.post_document("RE-1")

    assert type(error.value) is OutcomeUnknown
