"""Time in a browser: the week typed by keyboard, one day at a time on a phone, approvals by key."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from core.models import User
from tests.browser.conftest import accessibility_violations
from tests.timesheets.builders import Firm, approved_entry, employed_worker, row, take_in
from timesheets.models import TimeEntry

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[User], None]
WEEK = "/timesheets/ANNA/2026-11-02/"


@pytest.fixture
def firm(transactional_db: None) -> Firm:
    """A firm with approved, drafted and waiting time."""
    firm = Firm()
    approved_entry(firm, hours="8")
    take_in(firm.consultant, row("10", work_date="2026-11-04", hours="7.5"))
    take_in(firm.consultant, row("11", work_date="2026-11-14", hours="11", note=""), submit=True)
    for number in range(3):
        worker = employed_worker(firm.entity, f"W{number}")
        firm.assign(worker, firm.project)
        take_in(firm.pmo, row(f"w{number}", worker=worker.code, hours="7.5"), submit=True)
    return firm


def test_a_week_is_typed_and_saved_by_keyboard(
    page: Page, live_server: LiveServer, sign_in: SignIn, firm: Firm, quiet_console: list[str]
) -> None:
    sign_in(firm.consultant)
    page.goto(f"{live_server.url}{WEEK}")
    page.get_by_label("Project and task, row 2").select_option("RAIL/BUILD")
    page.get_by_label("Note, row 2").fill("Survey")
    monday = page.locator("[name=row-1-day-0]")
    monday.focus()
    page.keyboard.type("25")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("25 hours are more than a day has. Nothing was saved.")).to_be_visible()
    assert accessibility_violations(page) == []
    assert [text for text in quiet_console if "422" not in text] == []
    quiet_console.clear()
    monday.fill("3:30")
    page.keyboard.press("Tab")
    page.keyboard.type("1.25")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("Saved")
    drafts = TimeEntry.objects.filter(note="Survey").order_by("work_date")
    assert list(drafts.values_list("hours", flat=True)) == [Decimal("3.5"), Decimal("1.25")]


def test_a_phone_shows_one_day_and_keeps_what_is_typed(
    page: Page, live_server: LiveServer, sign_in: SignIn, firm: Firm
) -> None:
    sign_in(firm.consultant)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{live_server.url}{WEEK}?day=2026-11-05")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    hours = page.get_by_label("row 2, Thu 5 Nov", exact=True)
    expect(hours).to_be_visible()
    expect(page.get_by_label("row 2, Fri 6 Nov", exact=True)).to_be_hidden()
    page.get_by_label("More: row 2, Thu 5 Nov").click()
    page.get_by_label("More: row 2, Thu 5 Nov").click()
    expect(hours).to_have_value("0.50")
    page.get_by_role("navigation", name="Days").get_by_text("Fri").click()
    expect(page.get_by_label("row 2, Fri 6 Nov", exact=True)).to_be_visible()
    page.get_by_role("navigation", name="Days").get_by_text("Thu").click()
    expect(hours).to_have_value("0.50")
    assert accessibility_violations(page) == []


def test_weeks_are_approved_and_sent_back_by_key(
    page: Page, live_server: LiveServer, sign_in: SignIn, firm: Firm
) -> None:
    sign_in(firm.manager)
    page.goto(f"{live_server.url}/approvals/")
    page.get_by_label("Select Worker W0").focus()
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.get_by_label("Select Worker W0").check()
    page.get_by_label("Select Worker W1").check()
    expect(page.locator("#bulk")).to_contain_text("2 selected15.00 h")
    page.keyboard.press("e")
    expect(page.locator("#toasts")).to_contain_text("15 h approved")
    expect(page.get_by_label("Select Worker W0")).to_have_count(0)
    page.keyboard.press("h")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("What has to change").fill("Notes, please")
    dialog.get_by_role("button", name="Send back").click()
    expect(page.locator("#toasts")).to_contain_text("11 h sent back")
    expect(dialog).to_be_hidden()
    states = dict(TimeEntry.objects.values_list("source_key", "status"))
    assert states == {
        "1": "approved",
        "10": "draft",
        "11": "rejected",
        "w0": "approved",
        "w1": "approved",
        "w2": "submitted",
    }


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_of_time_is_accessible(
    page: Page, live_server: LiveServer, sign_in: SignIn, firm: Firm, theme: str
) -> None:
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    entry = TimeEntry.objects.get(source_key="1")
    pages = {
        firm.consultant: (WEEK, f"/timesheets/entries/{entry.pk}/"),
        firm.manager: ("/approvals/", "/timesheets/entries/", "/timesheets/team/?week=2026-11-02"),
    }
    found = []
    for user, paths in pages.items():
        sign_in(user)
        for path in paths:
            page.goto(f"{live_server.url}{path}")
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            found += [f"{path} {violation}" for violation in accessibility_violations(page)]
    assert found == []
