"""Pages of expenses: entered with a receipt, shown with permission, decided on, corrected; without script."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.actors import Actor
from core.models import Event, Role
from tests.factories import ExpenseFactory
from tests.personas import page_client, person
from tests.timesheets.builders import TODAY, Firm
from tests.timesheets.expense_builders import (
    approved_expense,
    categories,
    line,
    picture,
    stored_expenses,
    submitted_expense,
)
from timesheets.actions.expenses import enter_expense
from timesheets.models import Expense

NEW = "/expenses/new/"


@pytest.fixture(autouse=True)
def kinds(db: None) -> None:
    """The categories of the firm."""
    categories()


@pytest.fixture
def client_(firm: Firm) -> Client:
    """The consultant's browser."""
    return page_client(firm.consultant)


def said(firm: Firm, **changes: Any) -> dict[str, Any]:
    good = {
        "category": "hotel",
        "task": str(firm.task.pk),
        "spent_on": "2026-11-03",
        "paid": "144.00",
        "currency": "GBP",
        "tax": "24.00",
        "note": "York",
        "vendor": "Station Hotel",
        "billable": "on",
        "reimbursable": "on",
        "do": "submit",
    }
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def upload(content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile("../till.gif", picture().content if content is None else content)


def test_an_expense_is_entered_with_its_receipt_and_submitted(firm: Firm, client_: Client) -> None:
    answer = client_.post(NEW, said(firm, receipt=upload()))
    expense = Expense.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/expenses/{expense.pk}/")
    assert [expense.status, expense.net, expense.tax, expense.vendor] == [
        "submitted",
        120,
        24,
        "Station Hotel",
    ]
    assert expense.receipt is not None
    assert (expense.receipt.name, expense.receipt.media_type) == ("till.png", "image/png")
    shown = client_.get(answer.headers["Location"]).content.decode()
    assert f'src="/expenses/{expense.pk}/receipt/"' in shown
    assert "of Worker ANNA on" in shown


def test_the_receipt_is_handed_out_only_to_those_who_see_the_expense(firm: Firm, client_: Client) -> None:
    expense = enter_expense(line(), actor=Actor.of(firm.consultant), on=TODAY, receipt=picture())
    address = f"/expenses/{expense.pk}/receipt/"
    answer = client_.get(address)
    assert b"".join(answer.streaming_content) == picture().content  # type: ignore[attr-defined]
    assert answer.headers["Content-Disposition"].startswith("attachment")
    manager = page_client(firm.manager).get(address)
    assert b"".join(manager.streaming_content) == picture().content  # type: ignore[attr-defined]
    assert page_client(person(Role.CONSULTANT, entity=firm.entity)).get(address).status_code == 404
    bare = enter_expense(line("2"), actor=Actor.of(firm.consultant), on=TODAY)
    assert client_.get(f"/expenses/{bare.pk}/receipt/").status_code == 404


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"paid": "abc"}, "Enter a number."),
        ({"paid": "24.00"}, "Net must be more than 0."),
        ({"tax": "-3"}, "The tax cannot be negative."),
        ({"spent_on": "2099-01-01"}, "is still to come"),
        ({"currency": "EURO"}, "Select a valid choice"),
        ({"category": "meals", "paid": "90", "tax": ""}, "needs a receipt: attach it."),
        ({"receipt": "empty"}, "The submitted file is empty."),
        ({"receipt": b"GIF89a"}, "Only PDF, PNG and JPEG files are accepted."),
    ],
)
def test_what_is_wrong_shows_and_nothing_is_saved(
    firm: Firm, client_: Client, changes: dict[str, Any], sentence: str
) -> None:
    if "receipt" in changes:
        given = changes["receipt"]
        changes = {"receipt": upload(b"" if given == "empty" else given)}
    answer = client_.post(NEW, said(firm, **changes))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert (Expense.objects.count(), Event.objects.count()) == (0, 0)


def test_a_category_with_units_asks_for_the_quantity(firm: Firm, client_: Client) -> None:
    part = client_.get(
        f"{NEW}?category=mileage", headers={"HX-Request": "true", "HX-Target": "amounts"}
    ).content.decode()
    assert "How many km" in part
    assert "Amount paid" not in part
    values = said(firm, category="mileage", quantity="100", paid=None, currency=None, tax=None)
    assert client_.post(NEW, values).status_code == 302
    expense = Expense.objects.get()
    assert [expense.net, expense.quantity] == [45, 100]


def test_a_draft_is_changed_submitted_and_taken_back(firm: Firm, client_: Client) -> None:
    client_.post(NEW, said(firm, do="save"))
    expense = Expense.objects.get()
    edit = f"/expenses/{expense.pk}/edit/"
    assert 'value="144"' in client_.get(edit).content.decode()
    stale = client_.post(edit, said(firm, do="save", seen="99", paid="60.00", tax=""))
    assert [stale.status_code, Expense.objects.get().net] == [422, 120]
    changed = said(firm, do="save", seen=str(expense.version), paid="60.00", tax="")
    assert client_.post(edit, changed).status_code == 302
    for act, status in (("submit", "submitted"), ("recall", "draft")):
        assert client_.post(f"/expenses/{expense.pk}/do/{act}/").status_code == 302
        assert [Expense.objects.get().status, Expense.objects.get().net] == [status, 60]
    assert client_.post(f"/expenses/{expense.pk}/do/discard/").headers["Location"] == "/expenses/"
    assert Expense.objects.count() == 0
    assert client_.post(f"/expenses/{expense.pk}/do/dance/").status_code == 404


def test_an_approved_expense_is_corrected_on_its_page(firm: Firm, client_: Client) -> None:
    expense = approved_expense(firm)
    address = f"/expenses/{expense.pk}/correct/"
    same = client_.post(address, said(firm, note="One night in York", vendor="", reason="x"))
    assert same.status_code == 422
    assert "change something" in same.content.decode()
    assert (
        client_.post(address, said(firm, paid="96.00", tax="16.00", reason="Typed wrongly")).status_code
        == 302
    )
    assert "A correction waits for approval" in client_.get(f"/expenses/{expense.pk}/").content.decode()
    assert client_.post(f"/expenses/{expense.pk}/do/withdraw/").status_code == 302
    assert client_.post(address, said(firm, void="on", reason="Never spent")).status_code == 302
    waiting = Expense.objects.filter(status="submitted").values_list("kind", flat=True)
    assert list(waiting) == ["reversal"]


def test_expenses_are_decided_on_beside_weeks(firm: Firm) -> None:
    first, second = submitted_expense(firm, "1"), submitted_expense(firm, "2", net="80.00")
    client = page_client(firm.manager)
    assert ">Expenses<span" in client.get("/approvals/").content.decode()
    shown = client.get("/approvals/expenses/").content.decode()
    assert shown.count('data-row="') == 2
    assert "no receipt" in shown
    approve = client.post("/approvals/expenses/approve/", {"selected": f"{first.pk}.{first.version}"})
    assert approve.status_code == 302
    key = f"{second.pk}.{second.version}"
    asked = client.post("/approvals/expenses/reject/", {"selected": key})
    assert "Send back 1 expense" in asked.content.decode()
    done = client.post("/approvals/expenses/reject/", {"selected": key, "reason": "Which hotel?"})
    assert done.status_code == 302
    assert [one["status"] for one in stored_expenses()] == ["approved", "rejected"]
    assert "Nothing waits for you" in client.get("/approvals/expenses/").content.decode()


@pytest.mark.parametrize("selected", [[], ["x"], ["01a1fa6a-0f50-7233-91c6-e9e52ad8b571.-1"]])
def test_a_selection_that_is_none_is_refused(firm: Firm, selected: list[str]) -> None:
    submitted_expense(firm)
    answer = page_client(firm.pmo).post("/approvals/expenses/approve/", {"selected": selected})
    assert answer.status_code == 422
    assert stored_expenses()[0]["status"] == "submitted"


@pytest.mark.parametrize("address", ["/expenses/", "/approvals/expenses/"])
def test_a_list_costs_the_same_with_one_and_with_thirty_rows(firm: Firm, address: str) -> None:
    client = page_client(firm.pmo)

    def cost(count: int) -> int:
        for _ in range(count):
            ExpenseFactory.create(task=firm.task, worker=firm.worker, submitted=True)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    cost(1)
    assert cost(0) == cost(29) <= 15
