"""Opportunities over REST: everything missing in one answer, intake once, bad input refused."""

from typing import Any
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from contracts.models import Contract, Deal
from core.models import Event, Role
from core.reactions import run_reactions
from tests.contracts.deals import firm
from tests.personas import api_client, person

pytestmark = pytest.mark.django_db

LINE = {
    "key": "p1",
    "name": "Advice",
    "service_line": "advisory",
    "billing_method": "time_and_materials",
}
CHECK, INTAKE = "/api/v1/opportunities/check", "/api/v1/opportunities"


def body(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Network modernisation",
        "customer_name": "Halden Rail Ltd",
        "country": "GB",
        "tax_registration": "GB980780684",
        "street": "1 Station Road",
        "city": "York",
        "contact_email": "ap@halden.example",
        "legal_entity": "UK",
        "currency": "GBP",
        "amount": "120000.00",
        "closed_on": "2026-11-18",
        "starts_on": "2026-12-01",
        "delivery_owner": "daniel",
        "signed_document": "sow.pdf",
        "lines": [
            {
                "key": "p1",
                "name": "Advice",
                "service_line": "advisory",
                "billing_method": "time_and_materials",
            }
        ],
        **changes,
    }


def won(**changes: Any) -> dict[str, Any]:
    return body(source="crm", source_id="OPP-1", source_version=1, **changes)


@pytest.fixture
def crm(db: None) -> APIClient:
    return api_client(person(Role.INTEGRATION_SUPPORT))


def send(client: APIClient, path: str, data: object, **headers: str) -> Any:
    return client.post(path, data, format="json", headers={"Idempotency-Key": str(uuid4()), **headers})


def test_a_complete_opportunity_is_ready(crm: APIClient) -> None:
    firm()
    answer = crm.post(CHECK, body(), format="json")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "missing": []})


def test_all_that_is_missing_comes_in_one_answer_and_nothing_is_kept(crm: APIClient) -> None:
    firm()
    answer = crm.post(CHECK, {}, format="json").json()
    assert not answer["ready"]
    assert [(one["code"], one["field"]) for one in answer["missing"]] == [
        ("customer_missing", "customer_name"),
        ("country_missing", "country"),
        ("address_missing", "street"),
        ("address_missing", "city"),
        ("tax_registration_missing", "tax_registration"),
        ("contact_missing", "contact_email"),
        ("legal_entity_missing", "legal_entity"),
        ("currency_missing", "currency"),
        ("amount_missing", "amount"),
        ("dates_missing", "starts_on"),
        ("no_lines", "lines"),
        ("delivery_owner_missing", "delivery_owner"),
        ("signed_document_missing", "signed_document"),
    ]
    assert all(one["sentence"].endswith(".") for one in answer["missing"])
    assert not Deal.objects.exists() and not Event.objects.filter(type__startswith="deal.").exists()


@pytest.mark.parametrize(
    ("data", "field", "code"),
    [
        ({"colour": "red"}, "colour", "unknown_field"),
        ({"amount": "much"}, "amount", "invalid"),
        ({"starts_on": "soon"}, "starts_on", "invalid"),
        ({"currency": "POUND"}, "currency", "max_length"),
        ({"lines": [{"name": "x"}]}, "lines.0.key", "required"),
        ({"lines": [{"key": "a"}, {"key": "a"}]}, "lines", "duplicate_terms"),
        ({"lines": "x"}, "lines", "not_a_list"),
        ({"name": "x\x00"}, "name", "null_characters_not_allowed"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_field(
    crm: APIClient, data: dict[str, Any], field: str, code: str
) -> None:
    answer = crm.post(CHECK, data, format="json")
    assert (answer.status_code, answer.json()["field"], answer.json()["code"]) == (422, field, code)


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b'"x"', b'{"amount": NaN}', b"\xff", b'{"name":1,"name":2}']
)
def test_garbage_is_never_a_server_error(crm: APIClient, raw: bytes) -> None:
    answer = crm.post(CHECK, raw, content_type="application/json")
    assert answer.status_code in {400, 422} or (raw == b"" and answer.status_code == 200)


def test_intake_drafts_the_contract(crm: APIClient) -> None:
    firm()
    answer = send(crm, INTAKE, won())
    run_reactions()
    shown = crm.get(f"{INTAKE}/{answer.json()['code']}").json()
    assert answer.status_code == 201 and answer.json()["state"] == "ready"
    assert (shown["state"], shown["contract"]) == ("converted", Contract.objects.get().code)


def test_intake_needs_a_key_and_gives_its_answer_again(crm: APIClient) -> None:
    firm()
    assert crm.post(INTAKE, won(), format="json").json()["code"] == "idempotency_key_required"
    first, again = (send(crm, INTAKE, won(), **{"Idempotency-Key": "k1"}) for _ in range(2))
    assert again.headers["Idempotency-Replayed"] == "true" and first.content == again.content
    other = send(crm, INTAKE, won(name="Other"), **{"Idempotency-Key": "k1"})
    assert (other.status_code, Deal.objects.count()) == (422, 1)


def test_the_same_opportunity_under_another_key_is_one_deal(crm: APIClient) -> None:
    firm()
    codes = {send(crm, INTAKE, won(signed_document="")).json()["code"] for _ in range(2)}
    assert len(codes) == Deal.objects.count() == 1


def test_an_incomplete_opportunity_is_taken_in_and_says_what_it_lacks(crm: APIClient) -> None:
    firm()
    answer = send(crm, INTAKE, won(legal_entity="Moon")).json()
    assert (answer["state"], [one["code"] for one in answer["missing"]]) == (
        "incomplete",
        ["legal_entity_missing"],
    )


def test_intake_wants_source_and_name(crm: APIClient) -> None:
    answer = send(crm, INTAKE, body())
    assert {one["field"] for one in answer.json()["errors"]} == {"source", "source_id"}
    assert (answer.status_code, Deal.objects.count()) == (422, 0)


@pytest.mark.parametrize("role", [Role.CONSULTANT, Role.AUDITOR, Role.PROJECT_MANAGER])
def test_others_neither_check_nor_send(db: None, role: str) -> None:
    client = api_client(person(role))
    assert client.post(CHECK, {}, format="json").status_code == 403
    assert send(client, INTAKE, won()).status_code == 403
    assert not Deal.objects.exists()
