"""Bodies that cannot be read or make no sense: always a problem with code and sentence, never a 500."""

from typing import Any

import pytest

from core.models import Event, ExceptionItem, User
from tests.factories import ExceptionItemFactory
from tests.personas import api_client

BODIES: dict[str, tuple[bytes, str, int, str]] = {
    "not JSON": (b"{", "application/json", 400, "malformed"),
    "no object": (b'["a"]', "application/json", 422, "invalid"),
    "empty": (b"", "application/json", 422, "required"),
    "not UTF-8": (b'{"reason": "\xff"}', "application/json", 400, "malformed"),
    "not a number": (b'{"reason": NaN}', "application/json", 400, "malformed"),
    "a key twice": (b'{"reason": "a", "reason": "b"}', "application/json", 400, "malformed"),
    "bottomless": (b"[" * 100_000, "application/json", 400, "malformed"),
    "another type": (b"reason=x", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
    "wrong type of value": (b'{"reason": {"a": 1}}', "application/json", 422, "invalid"),
    "missing field": (b"{}", "application/json", 422, "required"),
    "blank": (b'{"reason": "  "}', "application/json", 422, "blank"),
    "too long": (b'{"reason": "' + b"x" * 1001 + b'"}', "application/json", 422, "max_length"),
    "unknown field": (b'{"reason": "a", "raeson": "b"}', "application/json", 422, "unknown_field"),
    "null character": (b'{"reason": "a\\u0000b"}', "application/json", 422, "null_characters_not_allowed"),
    "half a character": (
        b'{"reason": "a\\ud800"}',
        "application/json",
        422,
        "surrogate_characters_not_allowed",
    ),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_bad_body_is_refused_and_changes_nothing(finance: User, name: str) -> None:
    body, content_type, status, code = BODIES[name]
    item = ExceptionItemFactory.create()
    before = ExceptionItem.objects.values().get()

    answer = api_client(finance).post(
        f"/api/v1/exceptions/{item.pk}/resolve", data=body, content_type=content_type
    )

    problem: dict[str, Any] = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code)
    assert problem["detail"] and problem["correlation_id"] and problem["status"] == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert ExceptionItem.objects.values().get() == before
    assert not Event.objects.exists()


def test_a_body_that_is_too_large_is_refused_before_it_is_read(finance: User, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    item = ExceptionItemFactory.create()
    url = f"/api/v1/exceptions/{item.pk}/resolve"
    answer = api_client(finance).post(
        url, data=b'{"reason": "' + b"x" * 100 + b'"}', content_type="application/json"
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    fitting = b'{"reason": "' + b"x" * 86 + b'"}'
    assert len(fitting) == 100
    assert api_client(finance).post(url, data=fitting, content_type="application/json").status_code == 200


def test_a_method_that_is_not_there_is_a_problem(finance: User) -> None:
    answer = api_client(finance).delete("/api/v1/exceptions")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


def test_formula_tricks_are_plain_text(finance: User) -> None:
    item = ExceptionItemFactory.create()
    trick = '=HYPERLINK("http://example.com")'
    answer = api_client(finance).post(f"/api/v1/exceptions/{item.pk}/resolve", {"reason": trick})
    assert (answer.status_code, answer.json()["resolution"]) == (200, trick)


def test_every_wrong_field_is_listed(finance: User) -> None:
    item = ExceptionItemFactory.create()
    answer = api_client(finance).post(f"/api/v1/exceptions/{item.pk}/assign", {"owner": "nobody", "x": 1})
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [("x", "unknown_field")]
    answer = api_client(finance).post(f"/api/v1/exceptions/{item.pk}/assign", {"owner": "nobody"})
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [
        ("owner", "does_not_exist")
    ]
