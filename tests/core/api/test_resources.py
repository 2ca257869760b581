"""What every read resource promises, shown on exceptions and legal entities."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from core.models import ApiToken, Role, User
from tests.factories import ApiTokenFactory, ExceptionItemFactory, LegalEntityFactory, UserFactory
from tests.personas import api_client, page_client, person

URL = "/api/v1/exceptions"


def numbers(answer: Any) -> list[str]:
    return [row["number"] for row in answer.json()["results"]]


def test_pages_follow_each_other_without_loss_or_repetition(finance: User) -> None:
    opened = datetime(2026, 11, 1, tzinfo=UTC)
    items = [ExceptionItemFactory.create(opened_at=opened + timedelta(days=n // 2)) for n in range(5)]
    client = api_client(finance)

    first = client.get(URL, {"limit": "2", "order": "-opened_at"})
    second = client.get(first.json()["next"])
    third = client.get(second.json()["next"])

    newest_first = [item.number for item in sorted(items, key=lambda i: (i.opened_at, i.pk), reverse=True)]
    assert numbers(first) + numbers(second) + numbers(third) == newest_first
    assert third.json()["next"] is None


def test_a_row_added_meanwhile_does_not_shift_the_pages(finance: User) -> None:
    for day in (3, 2, 1):
        ExceptionItemFactory.create(opened_at=datetime(2026, 11, day, tzinfo=UTC), number=f"EX-{day}")
    client = api_client(finance)
    first = client.get(URL, {"limit": "1", "order": "-opened_at"})
    ExceptionItemFactory.create(opened_at=datetime(2026, 11, 4, tzinfo=UTC), number="EX-4")

    assert numbers(client.get(first.json()["next"])) == ["EX-2"]


@pytest.mark.parametrize("limit", ["0", "501", "ten", "-1", "", "9" * 40])
def test_a_limit_out_of_range_is_refused(finance: User, limit: str) -> None:
    answer = api_client(finance).get(URL, {"limit": limit})
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (
        400,
        "bad_request",
        "limit",
    )


@pytest.mark.parametrize(
    "parameters",
    [
        {"cursor": "nonsense"},
        {"cursor": "bnVsbA"},
        {"cursor": "W10", "order": "number"},
        {"cursor": "\x00"},
        {"order": "title"},
        {"fields": "number,secret"},
        {"fitler": "open"},
    ],
)
def test_parameters_nobody_knows_are_refused(finance: User, parameters: dict[str, str]) -> None:
    answer = api_client(finance).get(URL, parameters)
    assert answer.status_code == 400
    assert answer.json()["field"] in parameters
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_filter_value_of_the_wrong_kind_is_refused(finance: User) -> None:
    answer = api_client(finance).get(URL, {"contract_id": "no-uuid"})
    assert (answer.status_code, answer.json()["field"]) == (422, "contract_id")


def test_fields_keeps_only_what_was_asked_for(finance: User) -> None:
    item = ExceptionItemFactory.create()
    answer = api_client(finance).get(URL, {"fields": "number,money_at_risk"})
    assert answer.json()["results"] == [{"number": item.number, "money_at_risk": "19000.0000"}]


def test_an_object_is_found_by_id_and_by_code_with_its_etag(finance: User) -> None:
    item = ExceptionItemFactory.create()
    client = api_client(finance)
    by_id, by_code = client.get(f"{URL}/{item.pk}"), client.get(f"{URL}/{item.number}")
    assert by_id.json() == by_code.json()
    assert by_id.headers["ETag"] == f'"{item.pk}.1"'
    unchanged = client.get(f"{URL}/{item.pk}", headers={"If-None-Match": by_id.headers["ETag"]})
    assert unchanged.status_code == 304


@pytest.mark.parametrize("key", ["EX-0", "00000000-0000-0000-0000-000000000000", "%00", "a b"])
def test_an_unknown_object_is_a_problem_not_a_page(finance: User, key: str) -> None:
    answer = api_client(finance).get(f"{URL}/{key}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_an_unknown_address_under_the_api_is_a_problem(db: None) -> None:
    answer = APIClient().get("/api/v1/nothing-here")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")


def test_only_rows_of_the_callers_entities_are_listed_or_found(db: None) -> None:
    mine, other = LegalEntityFactory.create(), LegalEntityFactory.create()
    client = api_client(person(Role.FINANCE, entity=mine))
    seen = ExceptionItemFactory.create(legal_entity=mine)
    hidden = ExceptionItemFactory.create(legal_entity=other)
    assert numbers(client.get(URL)) == [seen.number]
    assert client.get(f"{URL}/{hidden.pk}").status_code == 404
    codes = [row["code"] for row in client.get("/api/v1/legal-entities").json()["results"]]
    assert codes == [mine.code]


def test_the_correlation_id_of_the_caller_comes_back(finance: User) -> None:
    answer = api_client(finance).get(f"{URL}/EX-0", headers={"X-Correlation-ID": "caller-12345678"})
    assert answer.headers["X-Correlation-ID"] == answer.json()["correlation_id"] == "caller-12345678"


def test_the_allowance_is_told_and_kept(finance: User, settings: Any) -> None:
    settings.API_RATES = {**settings.API_RATES, "reading": 2}
    client = api_client(finance)
    first, second, third = client.get(URL), client.get(URL), client.get(URL)
    assert [first.headers["RateLimit-Remaining"], second.headers["RateLimit-Remaining"]] == ["1", "0"]
    assert (third.status_code, third.json()["code"]) == (429, "throttled")
    assert 1 <= int(third.headers["Retry-After"]) <= 61


class TestTokens:
    """Bearer tokens of service accounts."""

    def test_no_token_is_401_with_the_scheme(self, db: None) -> None:
        answer = APIClient().get(URL)
        assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="tieout"'

    def test_an_unknown_token_is_refused(self, db: None) -> None:
        answer = APIClient().get(URL, headers={"Authorization": "Bearer tio_nobody"})
        assert (answer.status_code, answer.json()["code"]) == (401, "token_unknown")

    def test_an_expired_token_is_refused(self, db: None) -> None:
        ApiTokenFactory.create(secret="tio_old", expires_at=timezone.now() - timedelta(seconds=1))
        answer = APIClient().get(URL, headers={"Authorization": "Bearer tio_old"})
        assert (answer.status_code, answer.json()["code"]) == (401, "token_expired")

    def test_a_disabled_account_is_refused(self, db: None) -> None:
        ApiTokenFactory.create(secret="tio_off", user=UserFactory.create(is_active=False))
        answer = APIClient().get(URL, headers={"Authorization": "Bearer tio_off"})
        assert (answer.status_code, answer.json()["code"]) == (401, "account_disabled")

    def test_scopes_narrow_what_the_roles_give(self, finance: User) -> None:
        ExceptionItemFactory.create()
        answer = api_client(finance, scopes=("entity.view",)).get(URL)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
        assert api_client(finance, scopes=("exception.view",)).get(URL).status_code == 200

    def test_use_is_noted_to_the_minute(self, finance: User) -> None:
        client = api_client(finance)
        client.get(URL)
        first = ApiToken.objects.get(user=finance)
        client.get(URL)
        second = ApiToken.objects.get(user=finance)
        assert first.last_used_at is not None
        assert (second.last_used_at, second.version) == (first.last_used_at, first.version)


def test_a_signed_in_person_reads_the_api_too(finance: User) -> None:
    assert page_client(finance).get(URL).status_code == 200


def test_a_person_without_any_role_is_forbidden(outsider: User) -> None:
    answer = api_client(outsider).get(URL)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
