"""The search dialog: what is typed is suggested, and Enter opens what goes by exactly that number."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from core.models import User
from tests.architecture.world import build

pytestmark = pytest.mark.django_db(transaction=True)


def test_enter_opens_the_run_of_that_number(
    page: Page, live_server: LiveServer, sign_in: Callable[[User], None], finance: User
) -> None:
    build("ALPHA")
    sign_in(finance)
    page.goto(f"{live_server.url}/exceptions/")
    page.keyboard.press("Control+k")
    page.keyboard.type("br-alpha")
    expect(page.locator("#palette-results a").first).to_have_text("Open br-alpha Enter")
    expect(page.locator("#palette-results main")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/billing/runs/BR-ALPHA/$"))


def test_enter_on_a_part_of_a_name_shows_what_fits(
    page: Page, live_server: LiveServer, sign_in: Callable[[User], None], finance: User
) -> None:
    build("ALPHA")
    sign_in(finance)
    page.goto(f"{live_server.url}/exceptions/")
    page.keyboard.press("Control+k")
    page.keyboard.type("alpha agreement")
    page.keyboard.press("Enter")
    expect(page.locator("main").get_by_role("link", name="C-ALPHA ALPHA agreement")).to_be_visible()
