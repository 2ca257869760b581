"""Two plain pages for people: the deals, and one deal with buttons to close it."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from integrations.sandbox_crm.server.deals import (
    Deal,
    change_deal,
    deals_changed_since,
    known_deal,
    move_deal,
)
from integrations.sandbox_crm.server.fields import read_changes
from integrations.sandbox_crm.server.outbox import messages
from integrations.sandbox_crm.server.paper import EDITED, deal_page, list_page, refused_page
from integrations.sandbox_erp.server.body import Body
from integrations.sandbox_erp.server.refusals import Refusal, invalid
from integrations.sandbox_erp.server.store import Store

# What a browser may post; anything longer is no form of ours.
LONGEST = 20_000
Page = Callable[[Store, str, dict[str, str]], Response]


def show_deals(store: Store, deal_id: str, form: dict[str, str]) -> Response:
    with store.reading() as connection:
        return HTMLResponse(list_page(deals_changed_since(connection, "", ("", ""), 500)))


def show_deal(store: Store, deal_id: str, form: dict[str, str]) -> Response:
    with store.reading() as connection:
        return HTMLResponse(deal_page(known_deal(connection, deal_id), messages(connection, deal_id)))


def move(store: Store, deal_id: str, form: dict[str, str]) -> Response:
    """Move the deal to the stage of the pressed button; closing dates it today."""
    with store.writing() as connection:
        move_deal(connection, deal_id, form.get("stage", ""), datetime.now(UTC).date().isoformat())
    return RedirectResponse(f"/deals/{deal_id}", 303)


def edit(store: Store, deal_id: str, form: dict[str, str]) -> Response:
    """Keep what stands in the form; an emptied field is emptied."""
    with store.writing() as connection:
        change_deal(connection, deal_id, _typed(known_deal(connection, deal_id), form))
    return RedirectResponse(f"/deals/{deal_id}", 303)


def _typed(deal: Deal, form: dict[str, str]) -> dict[str, object]:
    changes: dict[str, object] = {}
    for label in EDITED:
        part, _, name = label.rpartition(".")
        text = form.get(label, "").strip() or None
        if not part:
            changes[name] = text
            continue
        kept = changes.get(part) or deal[part] or {}
        assert isinstance(kept, dict)
        changes[part] = {**kept, name: text}
    if not changes["name"]:
        raise invalid("A deal needs a name.", "name")
    return read_changes(Body(changes))


def _page(show: Page) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        raw = (await request.body())[:LONGEST] if request.method == "POST" else b""
        form = {name: values[-1] for name, values in parse_qs(raw.decode(errors="replace")).items()}
        deal_id = request.path_params.get("id", "")
        try:
            return await run_in_threadpool(show, request.app.state.store, deal_id, form)
        except Refusal as refusal:
            return HTMLResponse(refused_page(refusal.message, deal_id), refusal.status)

    return endpoint


ROUTES = [
    Route("/", _page(show_deals), methods=["GET"]),
    Route("/deals/{id}", _page(show_deal), methods=["GET"]),
    Route("/deals/{id}/stage", _page(move), methods=["POST"]),
    Route("/deals/{id}/edit", _page(edit), methods=["POST"]),
]
