"""How the browser tests start the Chromium that was found, and what every page must live up to."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, ConsoleMessage, Page
from pytest_django.live_server_helper import LiveServer

from core.models import User
from tests.chromium import MISSING, find_chromium

# Playwright keeps an event loop in the thread, in which Django would refuse every query of a fixture.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

_AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}

# Without these the browser keeps asking its maker's servers for updates.
_QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the Chromium that was found; under root it refuses its own sandbox."""
    found = find_chromium()
    if found is None:
        pytest.fail(MISSING)
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": str(found), "args": [*_QUIET, *sandbox]}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """Give every page the same size, language and clock, and no motion."""
    fixed = {"locale": "en-GB", "timezone_id": "UTC", "reduced_motion": "reduce"}
    return {**browser_context_args, **fixed, "viewport": {"width": 1440, "height": 900}}


@pytest.fixture(autouse=True)
def quiet_console(page: Page) -> Iterator[list[str]]:
    """Fail the test when a page breaks the content security policy, throws, or logs an error."""
    heard: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error":
            heard.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: heard.append(str(error)))
    yield heard
    assert heard == []


@pytest.fixture
def sign_in(context: BrowserContext, live_server: LiveServer) -> Callable[[User], None]:
    """Put a person's session into the browser."""

    def sign_in(user: User) -> None:
        client = Client()
        client.force_login(user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
        )

    return sign_in


def accessibility_violations(page: Page) -> list[str]:
    """Return what axe finds wrong on the page as it stands: rule and first element."""
    found = Axe().run(page, options=_AXE).response["violations"]
    return [f"{rule['id']}: {rule['nodes'][0]['html']}" for rule in found]
