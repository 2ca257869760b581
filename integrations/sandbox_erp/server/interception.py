"""Show scripted and random faults on the wire, before or after the request has done its work."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from integrations.sandbox_erp.server.faults import Fault, take_fault


class FaultInterception:
    """Let each API request pass, or misbehave as the fault script says. Administration never misbehaves."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or not path.startswith("/api/") or path.startswith("/api/admin/"):
            await self.app(scope, receive, send)
            return
        fault = await run_in_threadpool(take_fault, scope["app"].state.store, scope["method"], path)
        if fault is None:
            await self.app(scope, receive, send)
        elif fault.name in _INSTEAD:
            await _INSTEAD[fault.name](fault)(scope, receive, send)
        elif fault.name == "delay":
            await asyncio.sleep(fault.milliseconds / 1000)
            await self.app(scope, receive, send)
        else:
            answer = await _done(self.app, scope, receive)
            await _AFTERWARDS[fault.name](fault, answer, scope, receive, send)


def _refusal(fault: Fault) -> Response:
    return JSONResponse({"code": fault.code, "message": fault.message, "field": fault.field}, 422)


def _throttled(fault: Fault) -> Response:
    body = {"code": "too_many_requests", "message": "Slow down.", "field": None}
    return JSONResponse(body, int(fault.name), {"Retry-After": str(fault.retry_after)})


def _failure(fault: Fault) -> Response:
    return PlainTextResponse("Internal server error", 500)


_INSTEAD: dict[str, Callable[[Fault], Response]] = {
    "refuse": _refusal,
    "closed_period": _refusal,
    "429": _throttled,
    "503": _throttled,
    "500": _failure,
}


async def _done(app: ASGIApp, scope: Scope, receive: Receive) -> list[Message]:
    """Do the request's work, commit included, and keep the answer back."""
    answer: list[Message] = []

    async def keep(message: Message) -> None:
        answer.append(message)

    await app(scope, receive, keep)
    return answer


async def _late(fault: Fault, answer: list[Message], scope: Scope, receive: Receive, send: Send) -> None:
    await asyncio.sleep(fault.milliseconds / 1000)
    for message in answer:
        await send(message)


async def _failed(fault: Fault, answer: list[Message], scope: Scope, receive: Receive, send: Send) -> None:
    await _failure(fault)(scope, receive, send)


async def _unreadable(
    fault: Fault, answer: list[Message], scope: Scope, receive: Receive, send: Send
) -> None:
    await PlainTextResponse("<html>gateway</html>", answer[0]["status"])(scope, receive, send)


async def _cut(fault: Fault, answer: list[Message], scope: Scope, receive: Receive, send: Send) -> None:
    """Send the head and half of the body: the connection closes before the promised length."""
    body = answer[1]["body"]
    await send(answer[0])
    await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})


_Afterwards = Callable[[Fault, list[Message], Scope, Receive, Send], Awaitable[None]]
_AFTERWARDS: dict[str, _Afterwards] = {
    "commit_then_timeout": _late,
    "500_after_commit": _failed,
    "reset": _cut,
    "malformed": _unreadable,
}
