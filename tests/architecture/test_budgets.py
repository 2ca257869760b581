"""No page asks the database more than fifteen times, whatever it shows and whoever opens it."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.models import Role, User
from tests.architecture.test_routes import PUBLIC, ROUTES, address
from tests.architecture.world import World, build
from tests.personas import page_client, person

MOST = 15


def pages(world: World) -> list[str]:
    """Return every address of a page with the world's objects, and those that a question makes dearer."""
    filled = [address(name, parameters, world) for name, parameters in ROUTES if name not in PUBLIC]
    asked = [
        *(f"/trace/?q={text}" for text in (world.proposal.number, world.run.number, world.item.number)),
        *(
            f"/trace/?q={pk}"
            for pk in (world.contract.pk, world.entry.pk, world.charge.pk, world.delivery.pk)
        ),
        "/trace/?q=nothing",
        f"/exceptions/?item={world.item.number}",
        f"/rates/which/?contract={world.contract.code}&on=2026-11-03&worker={world.worker.code}",
        f"/billing/runs/{world.run.number}/?open=1",
        f"/billing/proposals/{world.proposal.number}/?open=all",
        "/reconciliation/invoices/?period=2026-11",
    ]
    return [path for path in (*filled, *asked) if not path.startswith("/api/")]


def taken(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return len(captured)


@pytest.mark.parametrize("role", Role.values)
def test_every_page_stays_within_its_queries(db: None, role: str) -> None:
    user: User = person(role, worker=True)
    world = build("ALPHA", manager=user)
    build("BETA", manager=user)
    client = page_client(user)
    counts = {path: taken(client, path) for path in pages(world)}
    assert {path: count for path, count in counts.items() if count > MOST} == {}
    assert len(counts) > 60
