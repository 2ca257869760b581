"""An ERP that says yes to everything and keeps nothing, so that the relay is measured and not the ERP.

    python -m benchmarks.erp

Prints its address, then answers until it is ended. A document is posted at once; customers are complete.
"""

import asyncio
import json
from itertools import count
from typing import Any

_numbers = count(1)


class Agreeable(asyncio.Protocol):
    """One kept-alive connection; requests come one after another."""

    def __init__(self) -> None:
        self._received = b""
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that is there in full."""
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            head = self._received[:end]
            length = _length(head)
            if len(self._received) < end + 4 + length:
                return
            body = self._received[end + 4 : end + 4 + length]
            self._received = self._received[end + 4 + length :]
            self._transport.write(_reply(head, body))


def _length(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"content-length:")
    return int(rest.split(b"\r\n", 1)[0]) if found else 0


def _reply(head: bytes, body: bytes) -> bytes:
    path = head.split(b" ", 2)[1].decode()
    answer = json.dumps(_posted(json.loads(body)) if body else _customer(path.rpartition("/")[2])).encode()
    start = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(answer)}\r\n\r\n"
    return start.encode() + answer


def _posted(request: dict[str, Any]) -> dict[str, Any]:
    lines = [{**line, "tax": "0.00"} for line in request["lines"]]
    facts = {"number": f"RE-{next(_numbers)}", "status": "posted", "paid": "0", "payment_status": "unpaid"}
    return {**request, **facts, "lines": lines}


def _customer(number: str) -> dict[str, Any]:
    return {
        "number": number,
        "name": "Customer",
        "country": "GB",
        "currency": "GBP",
        "payment_terms_days": 30,
        "missing": [],
        "tax_registration": "GB1",
        "address": "1 High Street",
        "email": "a@b.example",
    }


async def main() -> None:
    """Listen on a free port and say where."""
    server = await asyncio.get_running_loop().create_server(Agreeable, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    print(f"http://127.0.0.1:{port}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
