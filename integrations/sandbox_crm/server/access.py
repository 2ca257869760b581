"""Bearer token on the interface; the pages are open, as the sandbox listens on this machine only."""

import hmac

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send


class BearerToken:
    """Refuse requests of the interface without the one token (401), compared in constant time."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("authorization", "").encode()
        expected = f"Bearer {scope['app'].state.token}".encode()
        if hmac.compare_digest(given, expected):
            await self.app(scope, receive, send)
            return
        body = {"code": "not_authorised", "message": "The bearer token is missing or wrong.", "field": None}
        await JSONResponse(body, 401, {"WWW-Authenticate": "Bearer"})(scope, receive, send)
