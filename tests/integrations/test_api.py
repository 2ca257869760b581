"""Integrations over REST: who sees what, one effect per key, and 202 for what takes a worker."""

from datetime import date

import pytest

from core.actors import Actor
from core.models import Event, LegalEntity, Role, User
from core.reactions import run_reactions
from integrations.actions.deliveries import queue_document
from integrations.actions.reconciliation import request_reconciliation
from integrations.adapters import Rejected
from integrations.models import Break, Delivery, System
from integrations.relay.claiming import RELAY
from integrations.relay.loop import deliver_due
from integrations.relay.reconciling import reconcile
from tests.factories import LegalEntityFactory
from tests.integrations.builders import proposal, routed_entity, system
from tests.integrations.fakes import Clock, FakeErp
from tests.personas import api_client, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def erp() -> FakeErp:
    return FakeErp()


@pytest.fixture
def target(db: None) -> System:
    return system()


@pytest.fixture
def entity(target: System) -> LegalEntity:
    return routed_entity(target)


@pytest.fixture
def rejected(entity: LegalEntity, erp: FakeErp) -> Delivery:
    delivery = queue_document(proposal(entity).pk, revision=1, actor=RELAY)
    assert delivery
    erp.before_create = [Rejected("period_closed", "November is closed.")]
    deliver_due(connect=erp.connect, clock=Clock())
    return delivery


def test_messages_are_listed_and_shown_with_their_tries(
    rejected: Delivery, integration_support: User
) -> None:
    client = api_client(integration_support)
    listed = client.get("/api/v1/deliveries?state=rejected&system=erp").json()
    assert [row["id"] for row in listed["results"]] == [str(rejected.pk)]
    shown = client.get(f"/api/v1/deliveries/{rejected.pk}").json()
    assert (shown["error_class"], shown["operation_id"]) == ("period_closed", str(rejected.operation_id))
    assert [(row["action"], row["outcome"]) for row in shown["log"]] == [("send", "period_closed")]


def test_a_replay_needs_a_reason_and_takes_effect_once(rejected: Delivery, integration_support: User) -> None:
    client, address = api_client(integration_support), f"/api/v1/deliveries/{rejected.pk}/replay"
    assert client.post(address, {"reason": "open"}).status_code == 400
    assert client.post(address, {}, headers={"Idempotency-Key": "a"}).status_code == 422
    body, key = {"reason": "November is open"}, {"Idempotency-Key": "b"}
    answers = [client.post(address, body, headers=key) for _ in range(2)]
    assert [(answer.status_code, answer.content) for answer in answers] == [(200, answers[0].content)] * 2
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    assert answers[0].json()["state"] == "pending"
    assert Event.objects.filter(type="delivery.replayed").count() == 1


def test_waiving_over_the_api_returns_the_document(rejected: Delivery, integration_support: User) -> None:
    client = api_client(integration_support)
    address = f"/api/v1/deliveries/{rejected.pk}/waive"
    answer = client.post(address, {"reason": "December"}, headers={"Idempotency-Key": "w"})
    run_reactions()
    assert (answer.status_code, answer.json()["state"]) == (200, "waived")


def test_a_comparison_is_asked_for_and_answered_later(
    entity: LegalEntity, erp: FakeErp, finance: User
) -> None:
    document = proposal(entity, status="posted")
    client = api_client(finance)
    body = {"system": "erp", "legal_entity": "UK", "month": "2026-11-20"}
    asked = client.post("/api/v1/reconciliations", body, headers={"Idempotency-Key": "r"})
    assert (asked.status_code, asked.json()["completed_at"]) == (202, None)
    location = asked.headers["Location"]
    reconcile(asked.json()["id"], connect=erp.connect)
    done = client.get(location).json()
    assert (done["breaks"], done["totals"]["GBP"]["our_net"]) == (1, "1000.0000")
    listed = client.get("/api/v1/breaks?state=open").json()["results"]
    assert [(row["our_document"], row["kind"], row["difference"]) for row in listed] == [
        (document.number, "missing_there", "1000.0000")
    ]


def test_two_people_settle_a_break_over_the_api(entity: LegalEntity, erp: FakeErp, finance: User) -> None:
    proposal(entity, status="posted")
    run = request_reconciliation(
        System.objects.get().pk,
        legal_entity_id=entity.pk,
        month=date(2026, 11, 1),
        actor=Actor.system("test"),
    )
    reconcile(run.pk, connect=erp.connect)
    row = Break.objects.get()
    first, second = api_client(finance), api_client(person(Role.FINANCE))
    address = f"/api/v1/breaks/{row.pk}"
    first.post(f"{address}/explain", {"explanation": "Timing"}, headers={"Idempotency-Key": "1"})
    own = first.post(f"{address}/accept", headers={"Idempotency-Key": "2"})
    assert (own.status_code, own.json()["code"]) == (409, "same_person")
    other = second.post(f"{address}/accept", headers={"Idempotency-Key": "3"})
    assert (other.status_code, other.json()["state"]) == (200, "explained")
    signed = second.post(f"/api/v1/reconciliations/{run.pk}/sign-off", headers={"Idempotency-Key": "4"})
    assert signed.status_code == 200


def test_another_entitys_people_find_nothing(rejected: Delivery, entity: LegalEntity) -> None:
    stranger = api_client(person(Role.INTEGRATION_SUPPORT, Role.FINANCE, entity=LegalEntityFactory.create()))
    assert stranger.get("/api/v1/deliveries").json()["results"] == []
    assert stranger.get(f"/api/v1/deliveries/{rejected.pk}").status_code == 404
    body = {"system": "erp", "legal_entity": "UK", "month": "2026-11-20"}
    refused = stranger.post("/api/v1/reconciliations", body, headers={"Idempotency-Key": "x"})
    assert refused.status_code == 403


def test_systems_and_references_are_readable_without_secrets(
    entity: LegalEntity, erp: FakeErp, integration_support: User, consultant: User
) -> None:
    document = proposal(entity)
    queue_document(document.pk, revision=1, actor=RELAY)
    deliver_due(connect=erp.connect, clock=Clock())
    client = api_client(integration_support)
    assert client.get("/api/v1/systems/erp").json()["adapter_class"] == "C"
    found = client.get(f"/api/v1/external-references?object_id={document.pk}").json()["results"]
    assert [(row["system"], row["external_id"]) for row in found] == [("erp", "RE-90001")]
    assert api_client(consultant).get("/api/v1/systems").status_code == 403
