"""The ASGI application: `granian --interface asgi integrations.sandbox_erp.server:app`.

Environment: SANDBOX_ERP_STORE, the file that holds everything; SANDBOX_ERP_TOKEN, the bearer token.
"""

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

from integrations.sandbox_erp.server.access import BearerToken
from integrations.sandbox_erp.server.endpoints import Answer, Call, reads
from integrations.sandbox_erp.server.interception import FaultInterception
from integrations.sandbox_erp.server.routes import admin, companies, customers, documents, faults
from integrations.sandbox_erp.server.store import Store


@asynccontextmanager
async def lifespan(application: Starlette) -> AsyncIterator[None]:
    application.state.token = _setting("SANDBOX_ERP_TOKEN", "the bearer token that clients must send")
    store = Store(Path(_setting("SANDBOX_ERP_STORE", "the file that holds the ERP's data")))
    application.state.store = store
    yield
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
        *companies.ROUTES,
        *customers.ROUTES,
        *documents.ROUTES,
        *admin.ROUTES,
        *faults.ROUTES,
    ],
    middleware=[Middleware(BearerToken), Middleware(FaultInterception)],
    exception_handlers={HTTPException: not_served},
    lifespan=lifespan,
)
