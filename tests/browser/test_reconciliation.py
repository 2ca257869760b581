"""Tying out a month in a browser: both sides, field by field, settled by two people; messages sent again."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from core.actors import Actor
from core.models import LegalEntity, User
from integrations.actions.deliveries import queue_document
from integrations.actions.reconciliation import request_reconciliation
from integrations.adapters import Rejected
from integrations.models import Break, Delivery
from integrations.relay.claiming import RELAY
from integrations.relay.loop import deliver_due
from integrations.relay.reconciling import reconcile
from tests.browser.conftest import accessibility_violations
from tests.integrations.builders import proposal, routed_entity, system
from tests.integrations.fakes import Clock, FakeErp
from tests.integrations.test_reconciliation import by_hand, theirs
from tests.personas import person

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[User], None]
MONTH = "/reconciliation/invoices/?entity=UK&period=2026-11"


@pytest.fixture
def entity(transactional_db: None) -> LegalEntity:
    """A month with an amount that differs, a rejected document, and one raised in the ERP by hand."""
    target = system()
    entity = routed_entity(target)
    erp = FakeErp()
    ours = proposal(entity, status="posted", net="42180.00")
    queue_document(proposal(entity, net="18905.00").pk, revision=1, actor=RELAY)
    erp.before_create = [Rejected("customer_incomplete", "Customer C-17 has no tax registration.")]
    deliver_due(connect=erp.connect, clock=Clock())
    erp.documents += [
        theirs(ours, net=Decimal(41180), tax=Decimal(8236), gross=Decimal(49416)),
        by_hand("RE-90044", "17500.00"),
    ]
    run = request_reconciliation(target.pk, legal_entity_id=entity.pk, month=date(2026, 11, 1), actor=RELAY)
    reconcile(run.pk, connect=erp.connect)
    return entity


def test_the_open_pair_follows_the_chosen_row(
    page: Page, live_server: LiveServer, sign_in: SignIn, finance: User, entity: LegalEntity
) -> None:
    sign_in(finance)
    page.goto(live_server.url + MONTH)
    expect(page.locator(".c-equation")).to_contain_text("£2,405.00")
    for reason in ("Rejected by ERP", "Lines differ", "Raised in ERP by hand"):
        page.get_by_role("link", name=reason).click()
        row = Break.objects.get(
            kind={"Rejected by ERP": "missing_there", "Lines differ": "amount"}.get(reason, "missing_here")
        )
        expect(page.locator("#pair h2")).to_contain_text("Settle")
        expect(page).to_have_url(live_server.url + MONTH + f"&break={row.pk}")
        assert accessibility_violations(page) == []
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Invoices: billing against ERP")


def test_two_people_settle_a_difference(
    page: Page,
    live_server: LiveServer,
    sign_in: SignIn,
    finance: User,
    entity: LegalEntity,
    quiet_console: list[str],
) -> None:
    row = Break.objects.get(kind="amount")
    address = f"{live_server.url}{MONTH}&break={row.pk}"
    sign_in(finance)
    page.goto(address)
    page.get_by_label("Accept the difference").check()
    page.get_by_role("button", name="Settle and next").click()
    expect(page.get_by_text("Say why the difference is right.")).to_be_visible()
    expect(page.get_by_label("Accept the difference")).to_be_checked()
    assert [said for said in quiet_console if "422" not in said] == []
    quiet_console.clear()
    page.get_by_label("Why").fill("Agreed with the customer")
    page.get_by_role("button", name="Settle and next").click()
    expect(page.get_by_text("a second person decides")).to_be_visible()
    sign_in(person("finance"))
    page.goto(address)
    expect(page.locator("#pair")).to_contain_text("Agreed with the customer")
    assert accessibility_violations(page) == []
    page.get_by_role("button", name="Settle and next").click()
    expect(page.get_by_text("Accepted the difference of")).to_be_visible()
    row.refresh_from_db()
    assert row.state == "explained"


def test_a_rejected_message_is_read_and_sent_again(
    page: Page, live_server: LiveServer, sign_in: SignIn, integration_support: User, entity: LegalEntity
) -> None:
    message = Delivery.objects.get()
    sign_in(integration_support)
    page.goto(f"{live_server.url}/integrations/?stuck=true")
    page.get_by_role("link", name=message.aggregate_label).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{message.aggregate_label} to The ERP")
    page.get_by_text("Payload, sealed").click()
    expect(page.locator("pre")).to_contain_text("Senior consultant")
    page.get_by_label("Reason").first.fill("The customer is complete now")
    assert accessibility_violations(page) == []
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_text("is tried again now")).to_be_visible()
    message.refresh_from_db()
    assert message.state == "pending"


def test_a_system_is_paused_and_resumed(
    page: Page, live_server: LiveServer, sign_in: SignIn, integration_support: User, entity: LegalEntity
) -> None:
    sign_in(integration_support)
    page.goto(f"{live_server.url}/integrations/")
    page.get_by_placeholder("Reason").fill("Maintenance")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text(f"Paused by {Actor.of(integration_support).name}")).to_be_visible()
    assert accessibility_violations(page) == []
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text("Answers", exact=True)).to_be_visible()
