"""Billing over REST: the same verbs as the pages, with keys, tags and problems."""

from typing import Any
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from billing.models import Adjustment, BillingRun, Charge, Hold, Proposal
from core.models import User
from tests.billing.firms import proposed, worked
from tests.personas import api_client

pytestmark = pytest.mark.django_db


def post(client: APIClient, path: str, body: dict[str, Any] | None = None, **headers: str) -> Any:
    sent = {"Idempotency-Key": str(uuid4()), **headers}
    return client.post(f"/api/v1/{path}", body or {}, headers=sent)


def test_a_charge_carries_its_explanation(finance: User) -> None:
    agreement = worked()
    charge = Charge.objects.get(contract=agreement.contract)
    found = api_client(finance).get(f"/api/v1/charges/{charge.pk}")
    assert found.status_code == 200
    assert found["ETag"] == f'"{charge.pk}.{charge.version}"'
    body = found.json()
    assert (body["amount"], body["currency"], body["status"]) == ("1200.0000", "GBP", "open")
    assert body["explanation"]["sentence"] == (
        f"8.00 h × 150.00: senior; card {agreement.card.code} row from 1 Jan 2026; version 1"
    )
    assert body["explanation"]["facts"] == {"price": "150.0000", "billed": "8.0000"}


def test_charges_are_narrowed_by_source_contract_and_hold(finance: User) -> None:
    agreement, other = worked(), worked("3")
    charge = Charge.objects.get(contract=agreement.contract)
    client = api_client(finance)
    held = post(client, "holds", {"charge": str(charge.pk), "reason": "disputed"})
    assert held.status_code == 201
    for query in (f"source={charge.source_id}", f"contract={agreement.contract.code}", "held=true"):
        results = client.get(f"/api/v1/charges?{query}").json()["results"]
        assert [row["id"] for row in results] == [str(charge.pk)], query
    free = client.get("/api/v1/charges?held=false").json()["results"]
    assert [row["contract"] for row in free] == [other.contract.code]
    unknown = client.get("/api/v1/charges?souce=1")
    assert (unknown.status_code, unknown.json()["field"]) == (400, "souce")


def test_a_document_shows_lines_and_taxes(finance: User) -> None:
    agreement, run, proposal = proposed(finance)
    body = api_client(finance).get(f"/api/v1/proposals/{proposal.number}").json()
    assert {name: body[name] for name in ("run", "contract", "net", "tax", "gross", "status")} == {
        "run": run.number,
        "contract": agreement.contract.code,
        "net": "1200.0000",
        "tax": "240.0000",
        "gross": "1440.0000",
        "status": "draft",
    }
    assert body["lines"] == [
        {
            "position": 1,
            "section": agreement.project.name,
            "description": "Senior",
            "quantity": "8.0000",
            "unit": "hour",
            "unit_price": "150.0000",
            "net": "1200.0000",
            "service_line": "advisory",
            "tax_code": "T20",
        }
    ]
    assert body["taxes"] == [
        {
            "tax_code": "T20",
            "percent": "20.0000",
            "base": "1200.0000",
            "amount": "240.0000",
            "legal_text": "",
        }
    ]


def test_a_run_is_previewed_prepared_and_started(finance: User) -> None:
    agreement = worked()
    asked = {
        "legal_entity": agreement.contract.legal_entity.code,
        "cut_off": "2026-03-31",
        "document_date": "2026-03-31",
    }
    client = api_client(finance)
    previewed = client.post("/api/v1/billing-runs/preview", asked)
    assert previewed.status_code == 200
    assert previewed.json()["totals"] == {
        "documents": 1,
        "sums": [{"currency": "GBP", "documents": 1, "net": "1200.0000"}],
        "base_currency": "GBP",
        "net_base": "1200.0000",
    }
    assert not BillingRun.objects.exists()
    created = post(client, "billing-runs", asked)
    assert (created.status_code, created.json()["status"]) == (201, "draft")
    started = post(client, f"billing-runs/{created.json()['number']}/start")
    assert (started.status_code, started.json()["status"]) == (202, "running")
    assert client.get(started["Location"]).json()["contracts_total"] == 1


def test_the_whole_way_of_a_document(finance: User, finance_lead: User) -> None:
    _, _, proposal = proposed(finance)
    prepares, approves = api_client(finance), api_client(finance_lead)
    path = f"proposals/{proposal.number}"
    assert post(prepares, f"{path}/hold", {"reason": "wait"}).json()["on_hold"] is True
    refused = post(prepares, f"{path}/submit")
    assert (refused.status_code, refused.json()["code"]) == (409, "on_hold")
    assert post(prepares, f"{path}/unhold").json()["on_hold"] is False
    assert post(prepares, f"{path}/submit").json()["status"] == "in_review"
    assert post(approves, f"{path}/return", {"reason": "look again"}).json()["status"] == "draft"
    assert post(prepares, f"{path}/submit").json()["status"] == "in_review"
    assert post(approves, f"{path}/approve").json()["approved_by"] == finance_lead.username
    released = post(prepares, f"{path}/release")
    assert (released.status_code, released.json()["status"]) == (202, "releasing")
    assert released["Location"] == f"/api/v1/proposals/{proposal.pk}"


def test_nobody_approves_what_they_prepared(finance_lead: User) -> None:
    _, _, proposal = proposed(finance_lead)
    client = api_client(finance_lead)
    post(client, f"proposals/{proposal.number}/submit")
    refused = post(client, f"proposals/{proposal.number}/approve")
    assert (refused.status_code, refused.json()["code"]) == (403, "same_person")
    assert refused.json()["detail"] == f"You prepared {proposal.number}, so a second person approves it."
    proposal.refresh_from_db()
    assert (proposal.status, proposal.approved_by) == ("in_review", None)


def test_an_approval_of_an_older_version_is_refused(finance: User, finance_lead: User) -> None:
    _, _, proposal = proposed(finance)
    post(api_client(finance), f"proposals/{proposal.number}/submit")
    stale = f'"{proposal.pk}.{proposal.version}"'
    refused = post(
        api_client(finance_lead), f"proposals/{proposal.number}/approve", {}, **{"If-Match": stale}
    )
    assert (refused.status_code, refused.json()["code"]) == (412, "stale")
    assert Proposal.objects.get().status == "in_review"


@pytest.mark.parametrize("verb", ["submit", "approve", "release", "hold", "unhold", "return", "discard"])
def test_every_verb_with_a_financial_effect_wants_a_key(finance: User, finance_lead: User, verb: str) -> None:
    _, _, proposal = proposed(finance)
    person = finance_lead if verb == "approve" else finance
    refused = api_client(person).post(f"/api/v1/proposals/{proposal.number}/{verb}", {"reason": "why"})
    assert (refused.status_code, refused.json()["code"]) == (400, "idempotency_key_required")
    proposal.refresh_from_db()
    assert (proposal.status, proposal.on_hold) == ("draft", False)


def test_a_repeated_decision_takes_effect_once(finance: User) -> None:
    charge = Charge.objects.get(contract=worked().contract)
    body = {
        "charge": str(charge.pk),
        "kind": "write_down",
        "amount": "100.00",
        "code": "goodwill",
        "reason": "agreed",
    }
    first = post(api_client(finance), "adjustments", body, **{"Idempotency-Key": "one"})
    again = post(api_client(finance), "adjustments", body, **{"Idempotency-Key": "one"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert again["Idempotency-Replayed"] == "true"
    assert again.content == first.content
    assert Adjustment.objects.count() == 1


def test_a_decision_is_approved_by_a_second_person(finance: User, finance_lead: User) -> None:
    charge = Charge.objects.get(contract=worked().contract)
    body = {"charge": str(charge.pk), "kind": "write_off", "code": "quality", "reason": "our mistake"}
    asked = post(api_client(finance_lead), "adjustments", body).json()
    own = post(api_client(finance_lead), f"adjustments/{asked['id']}/approve")
    assert (own.status_code, own.json()["code"]) == (403, "same_person")
    assert Adjustment.objects.get().status == "submitted"
    from tests.personas import person

    other = person("finance_lead")
    assert post(api_client(other), f"adjustments/{asked['id']}/approve").json()["status"] == "approved"


@pytest.mark.parametrize(
    ("path", "body", "status", "field", "sentence"),
    [
        ("billing-runs", {}, 422, "legal_entity", "This field is required."),
        (
            "billing-runs",
            {"legal_entity": "NOPE", "cut_off": "2026-03-31", "document_date": "2026-03-31"},
            422,
            "legal_entity",
            "Object with code=NOPE does not exist.",
        ),
        (
            "billing-runs",
            {"legal_entity": "{entity}", "cut_off": "2026-03-31", "document_date": "2026-03-30"},
            422,
            "document_date",
            "The document date lies before the cut-off.",
        ),
        (
            "adjustments",
            {"charge": "{charge}", "kind": "write_down", "amount": "2000", "code": "g", "reason": "r"},
            422,
            "amount",
            "The work bills 1200.00: it cannot be reduced by 2000.00.",
        ),
        (
            "adjustments",
            {"charge": "{charge}", "kind": "write_up", "amount": "-1", "code": "g", "reason": "r"},
            422,
            "amount",
            "Give the amount as a positive number.",
        ),
        (
            "adjustments",
            {"charge": "{charge}", "kind": "gift", "amount": "1", "code": "g", "reason": "r"},
            422,
            "kind",
            '"gift" is not a valid choice.',
        ),
        (
            "adjustments",
            {"charge": "{charge}", "kind": "write_up", "amount": "1e999999", "code": "g", "reason": "r"},
            422,
            "amount",
            None,
        ),
        ("holds", {"charge": str(uuid4()), "reason": "r"}, 404, None, None),
        (
            "holds",
            {"charge": "{charge}", "reason": "r", "until": "x"},
            422,
            "until",
            "There is no such field.",
        ),
    ],
)
def test_bad_input_gets_a_sentence_and_changes_nothing(
    finance: User, path: str, body: dict[str, str], status: int, field: str | None, sentence: str | None
) -> None:
    agreement = worked()
    charge = Charge.objects.get(contract=agreement.contract)
    known = {"{charge}": str(charge.pk), "{entity}": agreement.contract.legal_entity.code}
    refused = post(api_client(finance), path, {name: known.get(value, value) for name, value in body.items()})
    problem = refused.json()
    assert refused.status_code == status, problem
    assert refused["Content-Type"] == "application/problem+json"
    if field:
        assert problem["field"] == field
    if sentence:
        assert problem["detail"] == sentence
    assert (BillingRun.objects.count(), Adjustment.objects.count(), Hold.objects.count()) == (0, 0, 0)


def test_lists_ask_the_same_number_of_queries_for_1_and_30_rows(
    finance: User, django_assert_max_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = api_client(finance)
    proposed(finance)
    counts: dict[str, list[int]] = {}
    for _ in range(2):
        for name in ("charges", "proposals", "billing-runs", "holds", "adjustments", "payments"):
            with CaptureQueriesContext(connection) as captured:
                assert client.get(f"/api/v1/{name}").status_code == 200
            counts.setdefault(name, []).append(len(captured))
        if len(counts["charges"]) == 1:
            for _ in range(5):
                proposed(finance)
    assert all(first == second for first, second in counts.values()), counts
