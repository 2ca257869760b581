"""Decisions about single documents and charges in a browser: the dialog comes and goes, the page follows."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from billing.models import Adjustment, Charge
from core.models import User
from tests.billing.firms import proposed, worked
from tests.browser.conftest import accessibility_violations

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[User], None]


def test_work_is_held_and_decided_about_on_its_charge(
    page: Page, live_server: LiveServer, sign_in: SignIn, finance: User, quiet_console: list[str]
) -> None:
    charge = Charge.objects.get(contract=worked().contract)
    sign_in(finance)
    page.goto(f"{live_server.url}/billing/charges/{charge.pk}/")
    page.keyboard.press("h")
    page.get_by_role("dialog").get_by_label("Reason").fill("Disputed")
    assert accessibility_violations(page) == []
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("On hold since")).to_be_visible()
    page.keyboard.press("e")
    page.get_by_role("dialog").get_by_label("Decision").select_option("write_down")
    page.get_by_role("dialog").get_by_label("Code").fill("goodwill")
    page.get_by_role("dialog").get_by_label("Reason").fill("Agreed")
    page.get_by_role("button", name="Ask for approval").click()
    expect(page.get_by_text("Give the amount as a positive number.")).to_be_visible()
    # The browser itself notes that the form was refused.
    assert "422" in quiet_console.pop()
    page.get_by_role("dialog").get_by_label("Amount").fill("120")
    page.get_by_role("button", name="Ask for approval").click()
    expect(page.get_by_text("Write down of £120.00")).to_be_visible()
    assert Adjustment.objects.get().author == finance


def test_a_document_is_noted_and_returned_on_its_page(
    page: Page, live_server: LiveServer, sign_in: SignIn, finance: User, finance_lead: User
) -> None:
    _, _, proposal = proposed(finance)
    sign_in(finance)
    page.goto(f"{live_server.url}/billing/proposals/{proposal.number}/")
    page.get_by_label("Comment").fill("Customer raises the PO")
    page.get_by_label("Comment").press("Enter")
    expect(page.locator(".c-feed").get_by_text("Customer raises the PO").first).to_be_visible()
    page.get_by_role("link", name="Send for approval").click()
    page.get_by_role("dialog").get_by_role("button", name="Send for approval").click()
    expect(page.locator("h1")).to_contain_text("Awaiting approval")
    sign_in(finance_lead)
    page.reload()
    page.get_by_role("link", name="Return to draft").click()
    page.get_by_role("dialog").get_by_label("Reason").fill("Look again")
    page.get_by_role("button", name="Return", exact=True).click()
    expect(page.locator("h1")).to_contain_text("Draft")
    proposal.refresh_from_db()
    assert proposal.status == "draft"
