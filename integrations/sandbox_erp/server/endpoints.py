"""Turn a plain function over a transaction into an HTTP endpoint."""

import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from integrations.sandbox_erp.server.body import Body, parsed
from integrations.sandbox_erp.server.refusals import Refusal, invalid
from integrations.sandbox_erp.server.store import Store


@dataclass(frozen=True)
class Call:
    """One request, with the transaction it runs in."""

    connection: sqlite3.Connection
    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    raw: bytes

    @property
    def body(self) -> Body:
        data = parsed(self.raw)
        if not isinstance(data, dict):
            raise invalid("The body must be a JSON object.")
        return Body(data)

    def whole(self, name: str, default: int, most: int | None = None) -> int:
        """Read a whole number from the query, cut at the most allowed."""
        text = self.query.get(name) or str(default)
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            raise invalid(f"{name} must be a whole number from 0.", name)
        return int(text) if most is None else min(int(text), most)


@dataclass(frozen=True)
class Answer:
    body: dict[str, object]
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Operation = Callable[[Call], Answer]
Endpoint = Callable[[Request], Awaitable[Response]]
Transaction = Callable[[Store], AbstractContextManager[sqlite3.Connection]]


def reads(operation: Operation) -> Endpoint:
    """Serve the operation from one consistent state."""
    return _endpoint(operation, Store.reading)


def writes(operation: Operation) -> Endpoint:
    """Serve the operation in a transaction that is committed before the answer leaves, or not at all."""
    return _endpoint(operation, Store.writing)


def _endpoint(operation: Operation, transaction: Transaction) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        raw = await request.body()
        answer = await run_in_threadpool(_answer, request, raw, operation, transaction)
        headers = dict(answer.headers)
        if correlation_id := request.headers.get("x-correlation-id"):
            headers["X-Correlation-ID"] = correlation_id
        return JSONResponse(answer.body, answer.status, headers)

    return endpoint


def _answer(request: Request, raw: bytes, operation: Operation, transaction: Transaction) -> Answer:
    try:
        with transaction(request.app.state.store) as connection:
            call = Call(connection, request.path_params, request.query_params, request.headers, raw)
            return operation(call)
    except Refusal as refusal:
        return Answer(refusal.as_json(), refusal.status)
