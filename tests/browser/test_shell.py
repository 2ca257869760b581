"""The frame of every page in a real browser: keyboard, selection, filters, history, themes, admin."""

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from core.models import Role, User
from tests.browser.conftest import accessibility_violations
from tests.factories import ExceptionItemFactory, MembershipFactory

SignIn = Callable[[User], None]


@pytest.fixture
def register(live_server: LiveServer, page: Page, sign_in: SignIn, settings: Settings) -> Page:
    """Open a register of seven exceptions, five on a page."""
    settings.ROOT_URLCONF = "tests.browser.shell_pages"
    sign_in(MembershipFactory.create(role=Role.FINANCE, user__is_staff=True, user__first_name="Priya").user)
    for index in range(1, 8):
        ExceptionItemFactory.create(
            number=f"EX-{index}", title=f"Fault {index}", money_at_risk=Decimal(f"{index}00.10")
        )
    page.goto(f"{live_server.url}/test/exceptions/")
    return page


def current(page: Page) -> str:
    return page.locator("tr.is-current").get_attribute("data-row") or ""


def test_filtering_keeps_the_focus_and_back_restores_the_whole_page(register: Page) -> None:
    register.keyboard.press("/")
    register.keyboard.type("Fault 3")
    expect(register.locator("#result-count")).to_have_text("1 exception")
    expect(register.locator("#q")).to_be_focused()
    expect(register.locator("#chips")).to_contain_text("Title Fault 3")
    expect(register).to_have_url(re.compile(r"\?q=Fault\+3$"))
    expect(register.locator("#export")).to_have_attribute("href", "/test/exceptions/?export=csv&q=Fault+3")
    register.get_by_role("link", name="EX-3").click()
    register.go_back()
    expect(register.get_by_role("heading", level=1)).to_have_text("Test exceptions")
    expect(register.locator("#q")).to_have_value("Fault 3")
    expect(register.locator("tbody tr")).to_have_count(1)


def test_sorting_and_paging_swap_only_the_results(register: Page) -> None:
    register.evaluate("document.querySelector('h1').dataset.kept = 'yes'")
    register.get_by_role("link", name="At stake").click()
    expect(register.locator("th[aria-sort]")).to_have_attribute("aria-sort", "ascending")
    # A link pressed in the few milliseconds before a swap has settled is followed as a plain link.
    expect(register.locator(".htmx-settling, .htmx-swapping, .htmx-request")).to_have_count(0)
    register.get_by_role("link", name="Next").click()
    expect(register.locator("tbody tr")).to_have_count(2)
    expect(register).to_have_url(re.compile(r"\?page=2&sort=money_at_risk$"))
    expect(register.locator("h1")).to_have_attribute("data-kept", "yes")


def test_the_selection_is_counted_and_summed_exactly(register: Page) -> None:
    expect(register.locator("#bulk")).to_be_hidden()
    register.get_by_label("Select EX-1").check()
    register.get_by_label("Select EX-3").check()
    expect(register.locator("[data-selected]")).to_have_text("2 selected")
    expect(register.locator("[data-selected-sum]")).to_have_text("£400.20")
    assert accessibility_violations(register) == []
    register.get_by_role("button", name="Resolve E").click()
    expect(register.locator("body")).to_have_text("2 0 7")


def test_all_that_matches_is_the_second_step_of_a_selection(register: Page) -> None:
    register.keyboard.press("j")
    register.keyboard.press("Control+a")
    expect(register.locator("[data-selected]")).to_have_text("5 selected")
    register.keyboard.press("Control+a")
    expect(register.locator("[data-selected]")).to_have_text("All 7 selected")
    register.keyboard.press("e")
    expect(register.locator("body")).to_have_text("5 1 7")


def test_rows_are_walked_and_ticked_by_keys(register: Page) -> None:
    rows = register.locator("tbody tr")
    register.keyboard.press("j")
    register.keyboard.press("j")
    assert current(register) == rows.nth(1).get_attribute("data-row")
    register.keyboard.press("x")
    register.keyboard.press("j")
    register.keyboard.press("j")
    register.keyboard.press("Shift+X")
    expect(register.locator("[data-selected]")).to_have_text("3 selected")
    register.keyboard.press("k")
    assert current(register) == rows.nth(2).get_attribute("data-row")
    register.keyboard.press("o")
    expect(register).to_have_url(re.compile(r"\?item=EX-3$"))


def test_single_keys_can_be_switched_off(register: Page) -> None:
    register.keyboard.press("?")
    expect(register.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    assert accessibility_violations(register) == []
    register.keyboard.press("Escape")
    register.get_by_label("Account of").click()
    register.get_by_role("button", name="Keyboard shortcuts off").click()
    register.reload()
    register.keyboard.press("?")
    register.keyboard.press("j")
    expect(register.get_by_role("dialog", name="Keyboard shortcuts")).to_be_hidden()
    expect(register.locator("tr.is-current")).to_have_count(0)


@pytest.mark.parametrize("theme", ["Light", "Dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_pages_are_accessible_in_both_themes_and_on_a_phone(register: Page, theme: str, width: int) -> None:
    register.get_by_label("Account of").click()
    register.get_by_role("button", name=theme).click()
    expect(register.locator("html")).to_have_attribute("data-theme", theme.lower())
    register.set_viewport_size({"width": width, "height": 844})
    register.reload()
    expect(register.locator("html")).to_have_attribute("data-theme", theme.lower())
    expect(register.locator("tbody tr").first).to_be_visible()
    assert accessibility_violations(register) == []
    assert register.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_toast_says_what_was_done_and_undoes_it(register: Page) -> None:
    register.evaluate("htmx.ajax('GET', '/test/toast/', {target: '#results', swap: 'none'})")
    expect(register.locator(".c-toast")).to_contain_text("Resolved")
    with register.expect_request("**/test/undo/") as undone:
        register.keyboard.press("z")
    assert undone.value.method == "POST"
    assert undone.value.headers["x-csrftoken"]


def test_an_answer_that_never_came_is_said_in_a_banner(register: Page, quiet_console: list[str]) -> None:
    register.context.set_offline(True)
    register.get_by_role("link", name="At stake").click()
    expect(register.get_by_role("alert")).to_contain_text("The server did not answer")
    quiet_console.clear()


def test_a_lost_login_leaves_the_page_for_the_sign_in(register: Page) -> None:
    register.context.clear_cookies()
    register.get_by_role("link", name="At stake").click()
    expect(register).to_have_url(re.compile(r"/login/\?next=/test/exceptions/$"))
    assert accessibility_violations(register) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_admin_wears_the_theme_under_the_strict_policy(
    live_server: LiveServer, page: Page, sign_in: SignIn, theme: str
) -> None:
    steward = MembershipFactory.create(role=Role.DATA_STEWARD, user__is_staff=True).user
    sign_in(steward)
    page.context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
    canvas = {"light": "rgb(238, 242, 244)", "dark": "rgb(12, 19, 25)"}[theme]
    for address in ("/admin/", "/admin/core/legalentity/", "/admin/core/legalentity/add/"):
        page.goto(f"{live_server.url}{address}")
        expect(page.locator("#site-name")).to_contain_text("Tieout")
        expect(page.locator("body")).to_have_css("background-color", canvas)
