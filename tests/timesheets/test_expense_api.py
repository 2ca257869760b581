"""Expenses over REST: batches with a result per row, receipts, decisions, corrections."""

import base64
import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from core.models import Attachment, Event, Role
from tests.personas import api_client, person
from tests.timesheets.builders import Firm
from tests.timesheets.expense_builders import (
    approved_expense,
    categories,
    given,
    picture,
    stored_expenses,
    submitted_expense,
)
from timesheets.models import Expense

ROOT = "/api/v1/expenses"


@pytest.fixture(autouse=True)
def kinds(db: None) -> None:
    """The categories of the firm."""
    categories()


@pytest.fixture
def api(firm: Firm) -> APIClient:
    """The consultant's client."""
    return api_client(firm.consultant)


def post(client: APIClient, path: str, key: str = "k1", **body: Any) -> Any:
    text = json.dumps(body)
    return client.post(
        f"{ROOT}/{path}", text, content_type="application/json", headers={"Idempotency-Key": key}
    )


def test_a_batch_answers_row_by_row(api: APIClient) -> None:
    rows = [given("1"), given("2", currency="XQQ"), given("3", net=-4), given("4", spent_on="2999-01-01"), 5]
    answer = post(api, "batch", source_system="trips", rows=rows, submit=True)
    assert answer.status_code == 200
    told = answer.json()
    assert told["counts"] == {"created": 1, "updated": 0, "unchanged": 0, "refused": 4}
    expense = Expense.objects.get()
    assert told["rows"][:2] == [
        {
            "row": 1,
            "source_key": "1",
            "outcome": "created",
            "expense_id": str(expense.pk),
            "code": "",
            "field": "",
            "sentence": "",
        },
        {
            "row": 2,
            "source_key": "2",
            "outcome": "refused",
            "expense_id": None,
            "code": "unknown_currency",
            "field": "currency",
            "sentence": "There is no currency XQQ.",
        },
    ]
    assert [row["code"] for row in told["rows"][2:]] == [
        "amount_not_positive",
        "date_in_future",
        "wrong_type",
    ]
    events = Event.objects.count()
    again = post(api, "batch", source_system="trips", rows=rows, submit=True)
    assert (again.content, Event.objects.count()) == (answer.content, events)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"source_system": "tieout", "rows": [{}]}, 422, "source_system_invalid"),
        ({"source_system": "trips", "rows": []}, 422, "empty"),
        ({"source_system": "trips", "rows": [{}] * 1001}, 413, "too_many_rows"),
        ({"source_system": "trips", "rows": [{}], "yacht": 1}, 422, "unknown_field"),
    ],
)
def test_a_batch_that_is_none(api: APIClient, body: dict[str, Any], status: int, code: str) -> None:
    answer = post(api, "batch", **body)
    assert answer.status_code == status, answer.content
    assert Expense.objects.count() == 0
    assert code in answer.content.decode()


def test_a_receipt_is_attached_and_refused(firm: Firm, api: APIClient) -> None:
    post(api, "batch", source_system="trips", rows=[given("1")])
    expense = Expense.objects.get()
    bad = post(api, f"{expense.pk}/receipt", "k2", name="x.png", content=base64.b64encode(b"MZ").decode())
    assert (bad.status_code, bad.json()["code"], Attachment.objects.count()) == (422, "wrong_file", 0)
    none = post(api, f"{expense.pk}/receipt", "k3", name="x.png", content="***")
    assert (none.status_code, none.json()["field"]) == (422, "content")
    content = base64.b64encode(picture().content).decode()
    answer = post(api, f"{expense.pk}/receipt", "k4", name="hotel.png", content=content)
    assert (answer.status_code, answer.json()["receipt"], answer.json()["status"]) == (
        200,
        "hotel.png",
        "draft",
    )


def test_steps_and_decisions(firm: Firm, api: APIClient) -> None:
    post(api, "batch", source_system="trips", rows=[given("1")])
    expense = Expense.objects.get()
    assert post(api, f"{expense.pk}/submit", "k2").json()["status"] == "submitted"
    assert post(api, f"{expense.pk}/recall", "k3").json()["status"] == "draft"
    post(api, f"{expense.pk}/submit", "k4")
    expense.refresh_from_db()
    seen = [{"id": str(expense.pk), "version": expense.version}]
    assert post(api, "decide", "k5", decision="approved", expenses=seen).status_code == 403
    pmo = api_client(firm.pmo)
    stale = [{"id": str(expense.pk), "version": 99}]
    assert post(pmo, "decide", "k6", decision="approved", expenses=stale).status_code == 412
    decided = post(pmo, "decide", "k7", decision="approved", expenses=seen)
    assert (decided.status_code, decided.json()) == (201, {"expenses": 1, "net": {"GBP": "120.0000"}})
    assert api.delete(f"{ROOT}/{expense.pk}").status_code == 409
    assert stored_expenses()[0]["status"] == "approved"


def test_a_correction_is_asked_for_and_withdrawn(firm: Firm, api: APIClient) -> None:
    expense = approved_expense(firm)
    answer = post(api, f"{expense.pk}/correct", reason="Typed wrongly", changes={"net": "80", "tax": "16"})
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert (told["reversal"]["net"], told["replacement"]["net"]) == ("-120.0000", "80.0000")
    assert post(api, f"{expense.pk}/withdraw", "k2").status_code == 200
    wrong = post(api, f"{expense.pk}/correct", "k3", reason="Typed wrongly", changes={"net": "none"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "amount_unreadable")


def test_everybody_sees_what_they_may(firm: Firm) -> None:
    submitted_expense(firm)
    found = {
        user: len(api_client(user).get(ROOT).json()["results"])
        for user in (firm.consultant, firm.manager, person(Role.CONSULTANT, entity=firm.entity))
    }
    assert list(found.values()) == [1, 1, 0]
    narrowed = api_client(firm.pmo).get(f"{ROOT}?category=hotel&status=submitted&spent_from=2026-11-03")
    assert len(narrowed.json()["results"]) == 1
    kinds = api_client(firm.consultant).get("/api/v1/expense-categories").json()["results"]
    assert [one["code"] for one in kinds] == ["hotel", "meals", "mileage"]
