"""How the CRM sends: signed, again until taken, and spoiled as scripted."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator

import pytest

from integrations.sandbox_crm.administration import SandboxCrmAdministration
from tests.integrations.sandbox_crm.building import SECRET, deal_fields
from tests.integrations.sandbox_crm.receiving import Receiver, receiving
from tests.integrations.sandbox_crm.running import RunningCrm


@pytest.fixture
def office(own_crm: RunningCrm) -> Iterator[SandboxCrmAdministration]:
    with own_crm.administration() as administration:
        yield administration


@pytest.fixture
def receiver(office: SandboxCrmAdministration) -> Iterator[Receiver]:
    with receiving() as receiver:
        office.subscribe(receiver.url, SECRET)
        yield receiver


def signature_of(headers: dict[str, str], body: bytes) -> str:
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def test_a_change_is_told_once_and_signed(office: SandboxCrmAdministration, receiver: Receiver) -> None:
    deal = office.open_deal(deal_fields())

    headers, body = receiver.wait_for(1)[0]

    assert headers["webhook-signature"] == signature_of(headers, body)
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 30
    assert json.loads(body) == {
        "type": "deal.created",
        "timestamp": deal.changed_at,
        "data": {
            "id": deal.id,
            "version": 1,
            "stage": "prospecting",
            "name": "Network modernisation",
            "amount": "120000.00",
            "currency": "GBP",
            "changed_at": deal.changed_at,
        },
    }


def test_a_refused_message_is_tried_again_with_the_same_id(
    office: SandboxCrmAdministration, receiver: Receiver
) -> None:
    receiver.answers = [500]
    office.open_deal(deal_fields())

    first, second = receiver.wait_for(2)

    assert first[0]["webhook-id"] == second[0]["webhook-id"] and first[1] == second[1]


def test_duplicates_come_twice_and_held_messages_are_overtaken(
    office: SandboxCrmAdministration, receiver: Receiver
) -> None:
    office.spoil_webhooks("duplicate")
    office.spoil_webhooks("hold", seconds=2)
    deal = office.open_deal(deal_fields())
    office.change_deal(deal.id, {"amount": "2.00"})
    office.change_deal(deal.id, {"amount": "3.00"})

    received = receiver.wait_for(4)

    assert [json.loads(body)["data"]["version"] for _, body in received] == [1, 1, 3, 2]


def test_dropped_messages_never_come_and_spoiled_ones_do(
    office: SandboxCrmAdministration, receiver: Receiver
) -> None:
    for fault in ("drop", "bad_signature", "stale_timestamp", "other_body"):
        office.spoil_webhooks(fault)
    deal = office.open_deal(deal_fields())
    for amount in ("2.00", "3.00", "4.00"):
        office.change_deal(deal.id, {"amount": amount})

    received = receiver.wait_for(4)

    versions = [json.loads(body)["data"]["version"] for _, body in received]
    assert versions == [2, 3, 4, 4]
    assert received[0][0]["webhook-signature"] != signature_of(*received[0])
    assert int(received[1][0]["webhook-timestamp"]) < time.time() - 3000
    assert received[2][0]["webhook-id"] == received[3][0]["webhook-id"]
    assert received[2][1] != received[3][1]
    assert office.messages(deal.id)[0]["state"] == "dropped"


def test_a_message_is_sent_again_by_hand(office: SandboxCrmAdministration, receiver: Receiver) -> None:
    office.spoil_webhooks("drop")
    deal = office.open_deal(deal_fields())
    number = office.messages(deal.id)[0]["id"]
    assert isinstance(number, int)

    office.send_again(number)

    headers, body = receiver.wait_for(1)[0]
    assert headers["webhook-signature"] == signature_of(headers, body)


def test_what_was_not_sent_survives_a_kill(own_crm: RunningCrm) -> None:
    with receiving() as receiver, own_crm.administration() as office:
        office.subscribe(receiver.url, SECRET)
        office.spoil_webhooks("hold", seconds=2)
        office.open_deal(deal_fields())
        own_crm.kill()
        own_crm.start()
        assert json.loads(receiver.wait_for(1)[0][1])["type"] == "deal.created"
