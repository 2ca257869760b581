"""The door for webhooks: only authentic messages get in, raw, once, and nothing breaks it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.models import ExceptionItem
from integrations.models import Credential, InboxMessage
from tests.integrations.inbox.world import announcement, crm_system, deliver, keep_secret, post, signed

pytestmark = pytest.mark.django_db
OTHER = "whsec_YW5vdGhlciBzZWNyZXQgb2YgdGVzdHM="
GOOD = announcement()


def test_an_authentic_message_is_stored_raw_and_answered_at_once() -> None:
    crm_system()
    headers = signed("evt_1", GOOD)
    answer = post(GOOD, headers)
    message = InboxMessage.objects.get()
    assert (answer.status_code, answer.json()) == (202, {"accepted": "evt_1"})
    assert (message.event_id, bytes(message.body), message.state) == ("evt_1", GOOD, "waiting")
    assert message.headers == {**headers, "content-type": "application/json"}


def test_the_same_message_again_is_stored_once() -> None:
    crm_system()
    assert [deliver().status_code for _ in range(3)] == [202, 202, 202]
    assert InboxMessage.objects.count() == 1


def test_another_body_under_the_same_id_is_kept_and_alarms_and_overwrites_nothing() -> None:
    crm_system()
    deliver()
    other = announcement(note="another")
    answers = [post(other, signed("evt_1", other)) for _ in range(2)]
    assert [(one.status_code, one.json()["code"]) for one in answers] == [(409, "event_id_reused")] * 2
    kept = InboxMessage.objects.order_by("received_at", "id").values_list("state", "body")
    assert [(state, bytes(body)) for state, body in kept] == [("waiting", GOOD), ("conflict", other)]
    assert [item.code for item in ExceptionItem.objects.all()] == ["inbox_conflict"]


def test_every_live_secret_counts_and_a_retired_one_does_not() -> None:
    system = crm_system()
    keep_secret(system, OTHER, others_until=timezone.now() + timedelta(hours=1))
    assert post(GOOD, signed("evt_1", GOOD)).status_code == 202
    assert post(GOOD, signed("evt_2", GOOD, secret=OTHER)).status_code == 202
    Credential.objects.exclude(retires_at=None).update(retires_at=timezone.now())
    assert post(GOOD, signed("evt_3", GOOD)).status_code == 401
    assert InboxMessage.objects.count() == 2


def test_one_good_signature_among_several_is_enough() -> None:
    crm_system()
    headers = signed("evt_1", GOOD)
    headers["webhook-signature"] = f"v1,AAAA v2,x {headers['webhook-signature']}"
    assert post(GOOD, headers).status_code == 202


@pytest.mark.parametrize("away", [-301, 301, -86400])
def test_an_expired_or_early_timestamp_is_refused(away: int) -> None:
    crm_system()
    stamp = int(timezone.now().timestamp()) + away
    assert post(GOOD, signed("evt_1", GOOD, seconds=stamp)).status_code == 401
    assert not InboxMessage.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": ""},
        {"webhook-id": "evt_2"},
        {"webhook-id": "x" * 121},
        {"webhook-id": "with space"},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "now"},
        {"webhook-timestamp": "-1"},
        {"webhook-timestamp": "9" * 40},
        {"webhook-timestamp": "1e9"},
        {"webhook-timestamp": "١٢٣"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1"},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1,é"},
        {"webhook-signature": "v1,AAAA " * 100},
        {"webhook-signature": "\x00"},
    ],
)
def test_malformed_headers_are_401_and_never_a_server_error(change: dict[str, str]) -> None:
    crm_system()
    answer = post(GOOD, {**signed("evt_1", GOOD), **change})
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authentic")
    assert not InboxMessage.objects.exists()


def test_missing_headers_a_changed_body_and_an_unknown_system_are_401() -> None:
    crm_system()
    assert post(GOOD, {}).status_code == 401
    assert post(GOOD + b" ", signed("evt_1", GOOD)).status_code == 401
    assert post(GOOD, signed("evt_1", GOOD), system="nobody").status_code == 401
    assert not InboxMessage.objects.exists()


def test_more_than_a_mebibyte_is_refused_and_exactly_one_is_not() -> None:
    crm_system()
    limit = b"x" * (1024 * 1024)
    assert post(limit + b"x", signed("evt_1", limit + b"x")).status_code == 413
    assert post(limit, signed("evt_2", limit)).status_code == 202
    assert InboxMessage.objects.count() == 1


def test_a_webhook_is_posted() -> None:
    from django.test import Client

    assert Client().get("/webhooks/crm/").status_code == 405
