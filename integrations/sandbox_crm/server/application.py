"""The ASGI application: `granian --interface asgi integrations.sandbox_crm.server:app`.

Environment: SANDBOX_CRM_STORE, the file that holds everything; SANDBOX_CRM_TOKEN, the bearer token.
"""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from integrations.sandbox_crm.server.access import BearerToken
from integrations.sandbox_crm.server.routes import admin, deals, pages
from integrations.sandbox_crm.server.sending import send_forever
from integrations.sandbox_erp.server.endpoints import Answer, Call, reads
from integrations.sandbox_erp.server.interception import FaultInterception
from integrations.sandbox_erp.server.routes import faults
from integrations.sandbox_erp.server.store import Store

SCHEMA = Path(__file__).with_name("schema.sql")


@asynccontextmanager
async def lifespan(application: Starlette) -> AsyncIterator[None]:
    application.state.token = _setting("SANDBOX_CRM_TOKEN", "the bearer token that clients must send")
    store = Store(Path(_setting("SANDBOX_CRM_STORE", "the file that holds the CRM's data")), SCHEMA)
    application.state.store = store
    sender = asyncio.create_task(send_forever(store))
    yield
    sender.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await sender
    store.close()


def _setting(name: str, meaning: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise RuntimeError(f"Set {name}: {meaning}.")
    return value


def health(call: Call) -> Answer:
    """Tell that the store answers."""
    call.connection.execute("SELECT count(*) FROM series").fetchone()
    return Answer({"status": "ok"})


async def not_served(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    sentence = f"{request.method} {request.url.path}: {error.detail}."
    body = {"code": "not_served", "message": sentence, "field": None}
    return JSONResponse(body, error.status_code, error.headers)


app = Starlette(
    routes=[
        Route("/healthz", reads(health)),
        *pages.ROUTES,
        *deals.ROUTES,
        *admin.ROUTES,
        *faults.ROUTES,
    ],
    middleware=[Middleware(BearerToken), Middleware(FaultInterception)],
    exception_handlers={HTTPException: not_served},
    lifespan=lifespan,
)
