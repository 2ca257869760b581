"""One effect per Idempotency-Key, shown on closing a month."""

import json
import threading
from datetime import date
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from core.actions.periods import close_period
from core.models import AccountingPeriod, Event, IdempotencyRecord, Role, User
from tests.factories import AccountingPeriodFactory, LegalEntityFactory
from tests.personas import api_client, person


def close(client: APIClient, period: AccountingPeriod, key: str | None, reason: str = "month end") -> Any:
    headers = {"Idempotency-Key": key} if key is not None else {}
    return client.post(f"/api/v1/periods/{period.pk}/close", {"reason": reason}, headers=headers)


@pytest.mark.parametrize("key", [None, "", "with blank", "ü" * 3, "k" * 129])
def test_a_missing_or_malformed_key_is_refused(finance: User, key: str | None) -> None:
    period = AccountingPeriodFactory.create()
    answer = close(api_client(finance), period, key)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_required")
    assert not Event.objects.exists()


def test_the_same_request_gets_the_stored_answer_byte_for_byte(finance: User) -> None:
    period, client = AccountingPeriodFactory.create(), api_client(finance)
    first, second = close(client, period, "key-1"), close(client, period, "key-1")
    assert (first.status_code, second.status_code) == (200, 200)
    assert (first.content, first.headers["ETag"]) == (second.content, second.headers["ETag"])
    assert ("Idempotency-Replayed" in first.headers, second.headers["Idempotency-Replayed"]) == (
        False,
        "true",
    )
    assert [event.type for event in Event.objects.all()] == ["period.closed"]


def test_another_request_under_the_key_is_refused(finance: User) -> None:
    period, client = AccountingPeriodFactory.create(), api_client(finance)
    close(client, period, "key-1")
    answer = close(client, period, "key-1", reason="another reason")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


def test_keys_of_different_callers_do_not_meet(finance: User) -> None:
    period = AccountingPeriodFactory.create()
    close(api_client(finance), period, "key-1")
    answer = close(api_client(person(Role.FINANCE)), period, "key-1", reason="another reason")
    assert (answer.status_code, "Idempotency-Replayed" in answer.headers) == (200, False)


def test_a_refusal_is_stored_although_its_writes_are_rolled_back(finance: User) -> None:
    entity = LegalEntityFactory.create()
    earlier = AccountingPeriodFactory.create(legal_entity=entity, month=date(2026, 10, 1))
    period, client = AccountingPeriodFactory.create(legal_entity=entity), api_client(finance)

    first = close(client, period, "key-1")
    close(client, earlier, "key-2")
    second = close(client, period, "key-1")

    assert (first.status_code, first.json()["code"]) == (409, "earlier_month_open")
    assert (second.content, second.headers["Idempotency-Replayed"]) == (first.content, "true")
    assert second.headers["Content-Type"] == "application/problem+json"
    period.refresh_from_db()
    assert period.state == "open"


def test_rights_are_checked_before_a_stored_answer_is_given(finance: User) -> None:
    period, client = AccountingPeriodFactory.create(), api_client(finance)
    close(client, period, "key-1")
    finance.memberships.all().delete()
    assert close(client, period, "key-1").status_code == 403


def test_a_missing_right_is_not_stored(db: None) -> None:
    mine, other = LegalEntityFactory.create(), LegalEntityFactory.create()
    user = person(Role.FINANCE, entity=mine)
    answer = close(api_client(user), AccountingPeriodFactory.create(legal_entity=other), "key-1")
    assert (answer.status_code, IdempotencyRecord.objects.count()) == (404, 0)


def test_unreadable_input_is_not_stored(finance: User) -> None:
    period, client = AccountingPeriodFactory.create(), api_client(finance)
    answer = close(client, period, "key-1", reason="x" * 1001)
    assert (answer.status_code, IdempotencyRecord.objects.count()) == (422, 0)


def test_a_fault_of_ours_is_not_stored(finance: User, monkeypatch: pytest.MonkeyPatch) -> None:
    period, client = AccountingPeriodFactory.create(), api_client(finance)
    client.raise_request_exception = False

    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("broken")

    with monkeypatch.context() as patch:
        patch.setattr("core.api.entities.close_period", broken)
        failed = close(client, period, "key-1")
    assert (failed.status_code, failed.json()["code"]) == (500, "server_error")
    assert IdempotencyRecord.objects.count() == 0
    assert close(client, period, "key-1").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_while_the_first_request_runs_the_second_is_told_to_come_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    period, user = AccountingPeriodFactory.create(), person(Role.FINANCE)
    clients = [api_client(user), api_client(user)]
    inside, go_on = threading.Event(), threading.Event()

    def slow(*args: Any, **kwargs: Any) -> AccountingPeriod:
        inside.set()
        assert go_on.wait(20)
        return close_period(*args, **kwargs)

    monkeypatch.setattr("core.api.entities.close_period", slow)
    answers: list[Any] = []

    def first_request() -> None:
        answers.append(close(clients[0], period, "key-1"))
        connection.close()

    thread = threading.Thread(target=first_request)
    thread.start()
    assert inside.wait(20)
    early = close(clients[1], period, "key-1")
    go_on.set()
    thread.join(20)

    assert (early.status_code, early.json()["code"], early.headers["Retry-After"]) == (
        409,
        "still_running",
        "1",
    )
    late = close(clients[1], period, "key-1")
    assert (late.content, late.headers["Idempotency-Replayed"]) == (answers[0].content, "true")
    assert Event.objects.count() == 1
    assert json.loads(late.content)["state"] == "closed"
