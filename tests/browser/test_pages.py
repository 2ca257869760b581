"""Every page of the product in a real browser, light and dark, wide and narrow."""

from collections.abc import Callable
from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from core.models import Role, User
from core.reactions import run_reactions
from tests import factories
from tests.billing.builders import Agreement
from tests.billing.firms import proposed
from tests.browser.conftest import accessibility_violations
from tests.document_factories import BreakFactory, DeliveryFactory
from tests.personas import person

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[User], None]
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"


@pytest.fixture
def preparer(transactional_db: None) -> User:
    """Somebody who may open every page."""
    return person(*Role.values, username="everybody", worker=True)


@pytest.fixture
def addresses(preparer: User) -> list[str]:
    """A firm with one of everything, and where its pages are."""
    agreement, run, proposal = proposed(preparer)
    gap = Agreement()
    gap.works("8", date(2026, 3, 3))
    gap.price()
    factories.AccountingPeriodFactory.create(legal_entity=agreement.contract.legal_entity)
    different = BreakFactory.create(legal_entity=agreement.contract.legal_entity)
    message = DeliveryFactory.create(system=different.system, aggregate_label=proposal.number)
    waiting = factories.TimeEntryFactory.create(submitted=True, task=agreement.task, worker=agreement.worker)
    run_reactions()
    charge = agreement.contract.charges.first()
    assert charge is not None
    month = f"entity={agreement.contract.legal_entity.code}&period={different.month:%Y-%m}"
    named: list[tuple[str, list[object]]] = [
        ("contract", [agreement.contract.code]),
        ("contract_amend", [agreement.contract.code]),
        ("contract_version", [agreement.contract.code, 1]),
        ("customer", [agreement.contract.customer.code]),
        ("rate_card", [agreement.card.code]),
        ("billing_run", [run.number]),
        ("proposal", [proposal.number]),
        ("charge", [charge.pk]),
        ("delivery", [message.pk]),
        ("time_entry", [waiting.pk]),
    ]
    lists = (
        "home exceptions periods timesheets team_weeks time_entries approvals projects workers contracts"
        " contract_new customers customer_new rate_cards billing_runs billing_run_new proposals unbilled"
        " charges decisions which_rate integrations trace"
    )
    return [
        *[reverse(name) for name in lists.split()],
        *[reverse(name, args=arguments) for name, arguments in named],
        f"{reverse('reconciliation')}?{month}",
        f"{reverse('trace')}?q={proposal.number}",
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_is_accessible_and_quiet(
    theme: str, page: Page, live_server: LiveServer, sign_in: SignIn, preparer: User, addresses: list[str]
) -> None:
    sign_in(preparer)
    page.context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
    found: dict[str, list[str]] = {}
    for address in addresses:
        answer = page.goto(f"{live_server.url}{address}")
        assert answer is not None
        assert answer.status == 200, address
        assert page.locator("html").get_attribute("data-theme") == theme
        if violations := accessibility_violations(page):
            found[address] = violations
    assert found == {}


def test_no_page_scrolls_sideways(
    page: Page, live_server: LiveServer, sign_in: SignIn, preparer: User, addresses: list[str]
) -> None:
    sign_in(preparer)
    found = []
    for width in (1440, 1100, 390):
        page.set_viewport_size({"width": width, "height": 900})
        for address in addresses:
            page.goto(f"{live_server.url}{address}")
            if page.evaluate(TOO_WIDE):
                found.append((width, address))
    assert found == []
