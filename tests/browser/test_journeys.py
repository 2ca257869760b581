"""Whole journeys of billing in a browser: by keyboard, by two people, and without script."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from billing.models import BillingRun, Charge, Proposal
from billing.tasks import advance_runs
from core.models import ExceptionItem, User
from core.reactions import run_reactions
from tests.billing.builders import Agreement
from tests.billing.firms import worked
from tests.document_factories import BillingRunFactory, ProposalFactory
from tests.factories import ExceptionItemFactory

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[User], None]
OpenPlain = Callable[[User], Page]


@pytest.fixture
def open_plain(
    browser: Browser, browser_context_args: dict[str, Any], context: BrowserContext, sign_in: SignIn
) -> Iterator[OpenPlain]:
    """Open browsers in which no script runs, one for each person."""
    opened: list[BrowserContext] = []

    def open_plain(user: User) -> Page:
        sign_in(user)
        plain = browser.new_context(
            **browser_context_args, java_script_enabled=False, storage_state=context.storage_state()
        )
        opened.append(plain)
        return plain.new_page()

    yield open_plain
    for plain in opened:
        plain.close()


def toasted(page: Page, message: str) -> None:
    """Wait until a toast says so."""
    expect(page.locator("#toasts").get_by_text(message)).to_be_visible()


def press(page: Page, key: str) -> None:
    """Press a key once what was last answered is in place: forms are wired a moment after they show."""
    expect(page.locator(".htmx-settling, .htmx-swapping, .htmx-request")).to_have_count(0)
    page.keyboard.press(key)


class TestBillingRun:
    """Preview, run, review, hold, approval by a second person, release."""

    def test_by_keyboard(
        self, page: Page, live_server: LiveServer, sign_in: SignIn, finance: User, finance_lead: User
    ) -> None:
        agreement = worked()
        sign_in(finance)
        page.goto(f"{live_server.url}/billing/runs/new/")
        page.get_by_label("Legal entity").select_option(agreement.contract.legal_entity.code)
        page.get_by_label("Dated").fill("2026-03-31")
        page.get_by_label("Work to").fill("2026-03-31")
        press(page, "Control+Enter")
        expect(page.locator("#would")).to_have_text("The run would propose 1 document, £1,200.00")
        assert not BillingRun.objects.exists()
        page.get_by_role("button", name="Start the run").press("Enter")
        expect(page).to_have_url(re.compile(r"/billing/runs/BR-[^/]+/$"))
        expect(page.get_by_text("Proposing contracts: 0 of 1")).to_be_visible()
        advance_runs()
        proposal = Proposal.objects.get()
        expect(page.get_by_role("button", name="Send 1 for approval")).to_be_enabled()

        press(page, "h")
        expect(page.get_by_role("dialog").get_by_role("heading")).to_have_text(f"Hold {proposal.number}")
        page.keyboard.type("Disputed")
        press(page, "Control+Enter")
        toasted(page, f"{proposal.number} on hold")
        expect(page.get_by_role("dialog")).to_be_hidden()
        expect(page.get_by_role("button", name="Send 1 for approval")).to_have_count(0)
        press(page, "z")
        toasted(page, f"{proposal.number} goes on")
        expect(page.get_by_role("button", name="Send 1 for approval")).to_be_enabled()

        press(page, "e")
        toasted(page, "1 sent for approval")
        expect(page.get_by_role("button", name="Approve 1")).to_be_disabled()
        sign_in(finance_lead)
        page.reload()
        press(page, "e")
        toasted(page, "1 approved")
        sign_in(finance)
        page.reload()
        expect(page.get_by_role("button", name="Release 1 to the ERP")).to_be_enabled()
        press(page, "Control+Enter")
        expect(page.get_by_role("dialog").get_by_role("heading")).to_have_text(
            "Release 1 document to the ERP"
        )
        press(page, "Control+Enter")
        toasted(page, "1 released")
        expect(page.get_by_role("dialog")).to_be_hidden()

        proposal.refresh_from_db()
        assert (proposal.status, proposal.on_hold) == ("releasing", False)
        assert (proposal.prepared_by, proposal.approved_by) == (finance, finance_lead)

    def test_what_was_not_released_stays_listed(
        self, page: Page, live_server: LiveServer, sign_in: SignIn, finance: User
    ) -> None:
        run = BillingRunFactory.create(status="completed")
        documents = {"run": run, "contract__legal_entity": run.legal_entity, "legal_entity": run.legal_entity}
        ProposalFactory.create(approved=True, status="releasing", revision=1, **documents)
        moved = ProposalFactory.create(approved=True, **documents)
        sign_in(finance)
        page.goto(f"{live_server.url}/billing/runs/{run.number}/")
        page.get_by_role("button", name="Release 1 to the ERP").click()
        page.get_by_role("dialog").get_by_role("button", name="Release").click()
        listed = page.locator(".c-kept")
        expect(listed).to_contain_text(f"{moved.number} is not what was approved: return it to draft.")
        Proposal.objects.filter(status="releasing").update(
            status="posted", erp_number="RE-1", posted_on="2026-11-30"
        )
        expect(page.locator("#posted")).to_be_visible()
        expect(listed).to_have_count(1)
        page.get_by_role("button", name="Dismiss").click()
        expect(listed).to_have_count(0)

    def test_without_script(
        self, live_server: LiveServer, open_plain: OpenPlain, finance: User, finance_lead: User
    ) -> None:
        agreement = worked()
        prepares = open_plain(finance)
        prepares.goto(f"{live_server.url}/billing/runs/new/")
        prepares.get_by_label("Legal entity").select_option(agreement.contract.legal_entity.code)
        prepares.get_by_label("Work to").fill("2026-03-31")
        prepares.get_by_label("Dated").fill("2026-03-31")
        prepares.get_by_role("button", name="Preview").click()
        prepares.get_by_role("button", name="Start the run").click()
        advance_runs()
        prepares.reload()
        run, proposal = BillingRun.objects.get(), Proposal.objects.get()
        address = f"{live_server.url}/billing/runs/{run.number}/"
        expect(prepares).to_have_url(address)

        prepares.get_by_role("link", name=f"Hold {proposal.number}").click()
        prepares.get_by_label("Reason").fill("Disputed")
        prepares.get_by_role("button", name="Hold").click()
        expect(prepares).to_have_url(address)
        expect(prepares.get_by_text(f"{proposal.number} on hold")).to_be_visible()
        prepares.get_by_role("link", name=f"Let {proposal.number} go on").click()
        prepares.get_by_role("button", name="Let it go on").click()
        prepares.get_by_role("button", name="Send 1 for approval").click()
        expect(prepares.get_by_text("1 sent for approval")).to_be_visible()
        expect(prepares.get_by_role("button", name="Approve 1")).to_be_disabled()

        approves = open_plain(finance_lead)
        approves.goto(address)
        approves.get_by_role("button", name="Approve 1").click()
        expect(approves.get_by_text("1 approved", exact=True)).to_be_visible()
        prepares.reload()
        prepares.get_by_role("button", name="Release 1 to the ERP").click()
        prepares.get_by_role("button", name="Release").click()
        expect(prepares.get_by_text("1 released")).to_be_visible()

        proposal.refresh_from_db()
        assert (proposal.status, proposal.on_hold) == ("releasing", False)
        assert (proposal.prepared_by, proposal.approved_by) == (finance, finance_lead)


def without_a_rate() -> tuple[Agreement, ExceptionItem]:
    """Return an agreement with a day of work for which no price is known, and its exception."""
    agreement = Agreement()
    agreement.rate("150", ends=date(2026, 3, 1))
    agreement.works("8", date(2026, 3, 2))
    agreement.price()
    return agreement, ExceptionItem.objects.get(code="rate_missing")


def three_items() -> None:
    """Create EX-1, EX-2 and EX-3, the first with the most money at stake."""
    for number in (1, 2, 3):
        ExceptionItemFactory.create(
            number=f"EX-{number}", title=f"Fault {number}", money_at_risk=Decimal(400 - 100 * number)
        )


class TestExceptions:
    """The queue by keyboard: the missing rate, assignment, snooze, undo."""

    @pytest.mark.parametrize(("price", "worth"), [("150", "£1,200.00"), ("160.50", "£1,284.00")])
    def test_a_missing_rate_is_filled_and_its_work_is_charged(
        self, page: Page, live_server: LiveServer, sign_in: SignIn, finance: User, price: str, worth: str
    ) -> None:
        agreement, item = without_a_rate()
        sign_in(finance)
        page.goto(f"{live_server.url}/exceptions/")
        inspector = page.locator("#inspector")
        expect(inspector.locator(".c-fix")).to_contain_text("8.0 h at £150.00 per hour")
        if price == "150":
            press(page, "f")
        else:
            inspector.get_by_text("Change the price or its days").press("Enter")
            inspector.get_by_label("Price of one unit").fill(price)
            press(page, "Control+Enter")
        toasted(page, f"Rate set on {agreement.card.code}; the work is being priced")
        run_reactions()
        item.refresh_from_db()
        assert item.state == "resolved"
        page.reload()
        expect(page.get_by_role("heading", name="Nothing holds billing back")).to_be_visible()
        page.goto(f"{live_server.url}/billing/charges/")
        expect(page.locator("[data-row]").get_by_text(worth)).to_be_visible()
        charge = Charge.objects.get()
        assert (charge.amount, charge.quantity) == (Decimal(price) * 8, Decimal(8))

    def test_items_are_assigned_snoozed_and_restored(
        self, page: Page, live_server: LiveServer, sign_in: SignIn, finance: User
    ) -> None:
        three_items()
        sign_in(finance)
        page.goto(f"{live_server.url}/exceptions/")
        dialog = page.get_by_role("dialog")
        press(page, "i")
        toasted(page, "1 assigned to you")
        assert self._owners() == {"EX-1": finance, "EX-2": None, "EX-3": None}
        press(page, "z")
        toasted(page, "1 restored")
        assert self._owners() == {"EX-1": None, "EX-2": None, "EX-3": None}

        page.goto(f"{live_server.url}/exceptions/")
        for key in ("j", "x", "j", "x"):
            press(page, key)
        expect(page.locator("#bulk")).to_contain_text("2 selected£300.00")
        press(page, "a")
        expect(dialog.get_by_role("heading")).to_have_text("Assign 2 exceptions")
        dialog.get_by_label("Owner").select_option(label=str(finance))
        press(page, "Control+Enter")
        toasted(page, "2 assigned")
        expect(dialog).to_be_hidden()
        assert self._owners() == {"EX-1": None, "EX-2": finance, "EX-3": finance}

        page.goto(f"{live_server.url}/exceptions/")
        press(page, "h")
        expect(dialog.get_by_role("heading")).to_have_text("Snooze 1 exception")
        press(page, "Control+Enter")
        toasted(page, "1 snoozed")
        expect(page.locator("[data-row]")).to_have_count(2)
        press(page, "z")
        toasted(page, "1 restored")
        expect(page.locator("[data-row]")).to_have_count(3)
        assert set(ExceptionItem.objects.values_list("snoozed_until", flat=True)) == {None}

    def test_a_key_acts_on_the_item_one_has_seen_and_asks_for_the_reason(
        self, page: Page, live_server: LiveServer, sign_in: SignIn, finance: User
    ) -> None:
        three_items()
        sign_in(finance)
        page.goto(f"{live_server.url}/exceptions/")
        press(page, "j")
        expect(page.locator("#inspector")).to_have_attribute("aria-label", "Exception EX-2")
        expect(page).to_have_url(re.compile("item=EX-2"))
        press(page, "e")
        expect(page.get_by_role("dialog").get_by_label("Reason")).to_be_focused()
        page.keyboard.type("Settled by phone")
        press(page, "Control+Enter")
        toasted(page, "1 resolved")
        expect(page.locator("#count-exceptions")).to_have_text("2")
        item = ExceptionItem.objects.exclude(state="open").get()
        assert (item.number, item.state, item.resolution) == ("EX-2", "resolved", "Settled by phone")

    def _owners(self) -> dict[str, User | None]:
        return {item.number: item.owner for item in ExceptionItem.objects.select_related("owner")}
