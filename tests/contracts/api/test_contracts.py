"""Agreements over REST: the same verbs as the pages, keys for effects, ETags for changes."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from contracts.models import Contract, ContractVersion, Customer, Rate, RateCard
from core.identifiers import uuid7
from core.models import Event, User
from tests.contracts.builders import active, approver, drafted, preparer, price_list, submitted, user_of
from tests.factories import (
    BillingAccountFactory,
    ContractFactory,
    ContractLineFactory,
    ContractVersionFactory,
    CustomerFactory,
    LegalEntityFactory,
    PayerFactory,
    RateCardFactory,
    RateFactory,
    ServiceLineFactory,
)
from tests.personas import api_client, person

pytestmark = pytest.mark.django_db
API = "/api/v1"


def post(client: APIClient, path: str, body: dict[str, Any] | None = None, key: str = "") -> Any:
    return client.post(f"{API}/{path}", body or {}, HTTP_IDEMPOTENCY_KEY=key or str(uuid7()))


def deal() -> dict[str, Any]:
    """Return the body of a complete new contract."""
    price_list()
    ServiceLineFactory.create()
    account = BillingAccountFactory.create()
    return {
        "name": "Data platform",
        "customer": account.customer.code,
        "legal_entity": LegalEntityFactory.create().code,
        "currency": "GBP",
        "effective_from": "2026-01-01",
        "lines": [{"key": "work", "name": "Consulting", "service_line": "advisory"}],
        "payers": [{"billing_account": account.code, "percent": "100"}],
    }


def test_a_contract_goes_from_draft_to_active_over_the_api() -> None:
    body = deal()
    client = api_client(user_of(preparer()))
    created = post(client, "contracts", body)
    assert (created.status_code, created.json()["status"]) == (201, "draft")
    code = created.json()["code"]

    version = client.get(f"{API}/contract-versions", {"contract": code}).json()["results"][0]
    assert version["lines"] == [
        {
            "key": "work",
            "name": "Consulting",
            "service_line": "advisory",
            "billing_method": "time_and_materials",
            "amount": None,
            "increment": "0.2500",
            "increment_rounding": "none",
            "hours_per_day": "8.00",
            "discount_percent": "0.0000",
            "cap_amount": None,
            "cap_hours": None,
            "milestones": [],
            "instalments": [],
        }
    ]
    assert version["payers"] == [
        {
            "billing_account": body["payers"][0]["billing_account"],
            "percent": "100.0000",
            "takes_rounding": True,
            "purchase_order": "",
            "purchase_order_amount": None,
        }
    ]
    address = f"contract-versions/{version['id']}"
    assert client.get(f"{API}/{address}/readiness").json() == []
    assert post(client, f"{address}/submit").json()["status"] == "submitted"
    own = post(api_client(user_of(approver())), f"{address}/approve")
    assert (own.status_code, own.json()["status"]) == (200, "approved")
    assert client.get(f"{API}/contracts/{code}").json()["status"] == "active"


def test_the_same_key_drafts_one_contract() -> None:
    body, client = deal(), api_client(user_of(preparer()))
    first, second = post(client, "contracts", body, "key-1"), post(client, "contracts", body, "key-1")
    assert first.content == second.content
    assert second.headers["Idempotency-Replayed"] == "true"
    assert Contract.objects.count() == 1


@pytest.mark.parametrize(
    "path",
    [
        "customers",
        "billing-accounts",
        "contracts",
        "contracts/{contract}/amend",
        "contracts/{contract}/hold",
        "contract-versions/{version}/submit",
        "contract-versions/{version}/approve",
        "contract-versions/{version}/reject",
        "rate-cards",
        "rate-cards/{card}/rates",
    ],
)
def test_effects_need_a_key(finance_lead: User, path: str) -> None:
    version = ContractVersionFactory.create()
    card = RateCardFactory.create()
    address = path.format(contract=version.contract.code, version=version.pk, card=card.code)
    answer = api_client(finance_lead).post(f"{API}/{address}", {})
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_required")
    assert not Event.objects.exists()


def test_an_amendment_copies_what_is_not_given() -> None:
    contract = active()
    answer = post(
        api_client(user_of(preparer())),
        f"contracts/{contract.code}/amend",
        {"effective_from": "2026-03-01", "reason": "New discount"},
    )
    version = contract.versions.get(number=2)
    assert answer.status_code == 201
    assert (answer.json()["lines"][0]["key"], answer.json()["reason"]) == ("work", "New discount")
    assert answer.headers["ETag"] == f'"{version.pk}.{version.version}"'


def test_terms_are_read_as_of_a_day() -> None:
    contract = active(effective_from=date(2026, 2, 1))
    client = api_client(user_of(preparer()))
    address = f"{API}/contracts/{contract.code}/terms"
    assert client.get(address, {"on": "2026-02-01"}).json()["number"] == 1
    assert client.get(address, {"on": "2026-01-31"}).json()["code"] == "not_found"
    for wrong in ({}, {"on": "yesterday"}):
        answer = client.get(address, wrong)
        assert (answer.status_code, answer.json()["field"]) == (422, "on")


def test_a_draft_is_changed_only_from_its_newest_state() -> None:
    version = drafted()
    client = api_client(user_of(preparer()))
    address = f"{API}/contract-versions/{version.pk}"
    etag = client.get(address).headers["ETag"]
    body = {"lines": [{"key": "support", "name": "Support", "service_line": "advisory"}]}

    assert client.patch(address, body).status_code == 428
    changed = client.patch(address, body, HTTP_IF_MATCH=etag)
    assert (changed.status_code, [line["key"] for line in changed.json()["lines"]]) == (200, ["support"])
    stale = client.patch(address, {"reason": "late"}, HTTP_IF_MATCH=etag)
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert ContractVersion.objects.get().reason == ""


def test_what_a_version_lacks_is_the_problem_told() -> None:
    version = drafted(lines=[])
    client = api_client(user_of(preparer()))
    answer = post(client, f"contract-versions/{version.pk}/submit")
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (409, "no_lines", "lines")
    assert client.get(f"{API}/contract-versions/{version.pk}/readiness").json() == [
        {
            "code": "no_lines",
            "sentence": "There is no line: nothing could be billed.",
            "field": "lines",
            "blocks": True,
        }
    ]


def test_the_preparer_does_not_approve_over_the_api_either() -> None:
    version = submitted()
    person_behind = user_of(approver())
    ContractVersion.objects.filter(pk=version.pk).update(prepared_by=person_behind)
    answer = post(api_client(person_behind), f"contract-versions/{version.pk}/approve")
    assert (answer.status_code, answer.json()["code"]) == (403, "separation_of_duties")
    assert ContractVersion.objects.get().status == "submitted"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"currency": "XXX"}, "currency"),
        ({"customer": "nobody"}, "customer"),
        ({"customer": None}, "customer"),
        ({"effective_from": "2026-02-30"}, "effective_from"),
        ({"effective_from": 20260101}, "effective_from"),
        ({"lines": [{"key": "not a key", "name": "x", "service_line": "advisory"}]}, "lines.0.key"),
        ({"lines": [{"key": "work", "name": "x"}]}, "lines.0.service_line"),
        ({"lines": "work"}, "lines"),
        ({"payers": [{"billing_account": "nobody"}]}, "payers"),
        ({"name": "x" * 161}, "name"),
        ({"nmae": "x"}, "nmae"),
        ({"code": "=C1"}, "code"),
    ],
)
def test_bad_input_names_its_field_and_leaves_nothing(changes: dict[str, Any], field: str) -> None:
    body = deal() | changes
    before = Event.objects.count()
    answer = post(api_client(user_of(preparer())), "contracts", body)
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert (Contract.objects.count(), Event.objects.count()) == (0, before)


def test_a_customer_is_changed_with_its_etag(finance: User) -> None:
    customer = CustomerFactory.create(name="Halden")
    client = api_client(finance)
    address = f"{API}/customers/{customer.code}"
    etag = client.get(address).headers["ETag"]
    assert client.patch(address, {"name": "Halden AS"}).status_code == 428
    changed = client.patch(address, {"name": "Halden AS"}, HTTP_IF_MATCH=etag)
    assert (changed.status_code, changed.json()["name"], changed.json()["version"]) == (200, "Halden AS", 2)
    assert client.patch(address, {"name": "x"}, HTTP_IF_MATCH=etag).status_code == 412
    assert Customer.objects.get().name == "Halden AS"


def test_customers_and_billing_accounts_are_entered(finance: User) -> None:
    client = api_client(finance)
    customer = post(client, "customers", {"name": "Halden", "currency": "GBP"}).json()
    account = post(
        client,
        "billing-accounts",
        {"customer": customer["code"], "name": "Payable", "country": "GB", "tax_registration": "GB1"},
    )
    assert (account.status_code, account.json()["code"]) == (422, "tax_registration_invalid")
    account = post(
        client, "billing-accounts", {"customer": customer["code"], "name": "Payable", "country": "GB"}
    )
    assert (account.status_code, account.json()["customer"]) == (201, customer["code"])


def test_a_price_is_set_listed_and_ended(finance: User) -> None:
    card = price_list()
    client = api_client(finance)
    answer = post(
        client,
        f"rate-cards/{card.code}/rates",
        {"role": "senior", "amount": "190", "starts_on": "2026-03-15", "reason": "Yearly raise"},
    )
    assert answer.status_code == 201
    wanted = {"amount": "190.0000", "starts_on": "2026-03-15", "ends_on": None, "known_until": None}
    assert answer.json().items() >= wanted.items()

    def amounts(**filters: str) -> list[str]:
        rows = client.get(f"{API}/rates", {"card": card.code, **filters}).json()["results"]
        return [row["amount"] for row in rows]

    assert amounts(on="2026-03-15", current="true") == ["190.0000"]
    assert amounts(on="2026-03-14", current="true") == ["180.0000"]
    assert amounts(on="2026-03-15", known_at="2026-01-06T00:00:00Z") == ["180.0000"]

    ended = post(client, f"rate-cards/{card.code}/rates/end", {"role": "senior", "ends_on": "2026-12-31"})
    assert ended.status_code == 200
    assert amounts(on="2027-01-01", current="true") == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": "-1"}, "amount"),
        ({"amount": "1.23456"}, "amount"),
        ({"amount": "NaN"}, "amount"),
        ({"amount": "many"}, "amount"),
        ({"role": "unheard-of"}, "role"),
        ({"ends_on": "2025-12-31"}, "ends_on"),
    ],
)
def test_a_price_that_cannot_be_is_refused(finance: User, changes: dict[str, Any], field: str) -> None:
    card = price_list()
    before = Rate.objects.count()
    body = {"role": "senior", "amount": "190", "starts_on": "2026-01-01", **changes}
    answer = post(api_client(finance), f"rate-cards/{card.code}/rates", body)
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert Rate.objects.count() == before


@pytest.mark.parametrize(
    ("path", "changes", "code", "field"),
    [
        ("contracts", {"currency": "XXX"}, "does_not_exist", "currency"),
        ("contracts", {"currency": "pounds"}, "does_not_exist", "currency"),
        ("contracts", {"customer": "NOBODY"}, "does_not_exist", "customer"),
        ("contracts", {"legal_entity": "NOWHERE"}, "does_not_exist", "legal_entity"),
        ("contracts", {"effective_from": "2026-02-30"}, "invalid", "effective_from"),
        ("rate-cards", {"unit": "fortnight"}, "invalid_choice", "unit"),
        ("rate-cards", {"unit": "HOUR"}, "invalid_choice", "unit"),
        ("rate-cards", {"currency": "XXX"}, "does_not_exist", "currency"),
        ("rate-cards", {"currency": "EUR"}, "invalid", "currency"),
        ("rate-cards", {"scope": "planet"}, "invalid_choice", "scope"),
    ],
)
def test_unknown_codes_units_and_currencies_are_refused(
    path: str, changes: dict[str, Any], code: str, field: str
) -> None:
    contract = ContractFactory.create(currency_id="GBP")
    card = {
        "name": "Prices",
        "scope": "contract",
        "contract": contract.code,
        "currency": "GBP",
        "unit": "day",
    }
    body = {**(deal() if path == "contracts" else card), **changes}
    before = Contract.objects.count(), RateCard.objects.count(), Event.objects.count()
    answer = post(api_client(user_of(preparer())), path, body)
    found = answer.json()
    assert (answer.status_code, found["code"], found["field"]) == (422, code, field)
    assert (Contract.objects.count(), RateCard.objects.count(), Event.objects.count()) == before


def test_what_is_elsewhere_is_not_found() -> None:
    version = submitted()
    stranger = person("finance_lead", entity=LegalEntityFactory.create())
    client = api_client(stranger)
    for path in (f"contracts/{version.contract.code}", f"contract-versions/{version.pk}"):
        assert client.get(f"{API}/{path}").status_code == 404
    assert post(client, f"contract-versions/{version.pk}/approve").status_code == 404
    assert client.get(f"{API}/contracts").json()["results"] == []
    assert ContractVersion.objects.get().status == "submitted"


def test_readers_read_and_change_nothing(auditor: User) -> None:
    contract = ContractFactory.create()
    client = api_client(auditor)
    assert client.get(f"{API}/contracts/{contract.code}").status_code == 200
    answer = post(client, f"contracts/{contract.code}/hold", {"reason": "x"})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert Contract.objects.get().status == "active"


@pytest.mark.parametrize(
    "path", ["customers", "billing-accounts", "contracts", "contract-versions", "rate-cards", "rates"]
)
def test_lists_cost_the_same_with_one_and_with_thirty_rows(finance: User, path: str) -> None:
    def make() -> None:
        version = ContractVersionFactory.create()
        ContractLineFactory.create(contract_version=version)
        PayerFactory.create(contract_version=version)
        RateFactory.create(card=RateCardFactory.create(scope="contract", contract=version.contract))

    client = api_client(finance)
    make()
    client.get(f"{API}/{path}")
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            rows = client.get(f"{API}/{path}", {"limit": "100"}).json()["results"]
        counts.append(len(queries))
        for _ in range(29):
            make()
    assert (len(rows), counts[0]) == (30, counts[1])


def test_a_price_carries_decimals_as_text(finance: User) -> None:
    RateFactory.create(amount=Decimal("123.4500"))
    row = api_client(finance).get(f"{API}/rates").json()["results"][0]
    assert (row["amount"], row["currency"], row["unit"]) == ("123.4500", "GBP", "hour")
