"""The page of a billing run whose documents stand in every state: its figures keep apart at any width."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from core.models import User
from tests.document_factories import BillingRunFactory, ProposalFactory

pytestmark = pytest.mark.django_db(transaction=True)

OVERLAPPING = """boxes => boxes.filter((box, at) => {
  const [one, next] = [box, boxes[at + 1]].map((each) => each?.getBoundingClientRect());
  const beside = next && Math.abs(next.top - one.top) < 1;
  return box.scrollWidth > box.clientWidth || (beside && next.left < one.right);
}).map((box) => box.textContent)"""


@pytest.mark.parametrize("width", [1280, 1440])
def test_nine_figures_do_not_overlap(
    page: Page, live_server: LiveServer, sign_in: Callable[[User], None], finance: User, width: int
) -> None:
    run = BillingRunFactory.create(status="completed")
    figures = {"net": Decimal("987654321.09"), "legal_entity": run.legal_entity, "run": run}
    states: list[dict[str, object]] = [
        {"status": "draft"},
        {"status": "draft", "on_hold": True, "hold_reason": "Disputed"},
        {"status": "in_review"},
        {"approved": True},
        {"approved": True, "status": "releasing", "revision": 1},
        {"posted": True},
    ]
    for state in states:
        ProposalFactory.create(contract__legal_entity=run.legal_entity, **figures, **state)
    sign_in(finance)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{live_server.url}/billing/runs/{run.number}/")
    shown = page.locator(".c-kpis > div")
    expect(shown).to_have_count(9)
    assert shown.evaluate_all(OVERLAPPING) == []
