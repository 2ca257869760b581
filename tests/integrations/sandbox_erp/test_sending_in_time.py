"""What is held back at the socket is no request: the other side gets all of a body or nothing to keep."""

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from integrations.sandbox_erp.errors import TooLate
from integrations.sandbox_erp.transport import InTime, JsonObject, Timeouts, Trace, connection_pool, request

BODY = {"text": "x" * 100_000}


class Receiver(ThreadingHTTPServer):
    """Keeps every request whose body has come in full."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.whole: list[bytes] = []
        self.ended = threading.Semaphore(0)


class Handler(BaseHTTPRequestHandler):
    """Reads one request."""

    server: Receiver
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if len(body) == length:
            self.server.whole.append(body)
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")
        self.server.ended.release()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(timeout=5)


def send(receiver: Receiver, in_time: InTime) -> JsonObject:
    with connection_pool(f"http://127.0.0.1:{receiver.server_port}", "token", Timeouts()) as pool:
        return request(pool, "POST", "/api/documents", trace=Trace(), body=BODY, in_time=in_time)


@pytest.mark.parametrize("pieces", [0, 1, 5])
def test_a_body_held_back_is_never_whole_there(receiver: Receiver, pieces: int) -> None:
    moments = iter([True] * pieces + [False])

    with pytest.raises(TooLate):
        send(receiver, lambda: next(moments))

    assert receiver.ended.acquire(timeout=10)
    assert receiver.whole == []


def test_a_body_sent_in_time_arrives_as_it_is(receiver: Receiver) -> None:
    assert send(receiver, lambda: True) == {}
    assert [json.loads(body) for body in receiver.whole] == [BODY]


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="the kernel has no such limit")
def test_the_kernel_drops_what_is_not_acknowledged_in_time(receiver: Receiver) -> None:
    with connection_pool(f"http://127.0.0.1:{receiver.server_port}", "token", Timeouts(arrive=7)) as pool:
        answer = pool.post("/api/documents", content=b"{}")
        opened = answer.extensions["network_stream"].get_extra_info("socket")
        assert opened.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 7000
