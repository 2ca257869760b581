"""Time over REST: batches with a result per row, weeks, decisions, corrections."""

import json
from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from core.models import Event, Role
from tests.personas import api_client, person
from tests.timesheets.builders import Firm, approved_entry, payloads, row, stored, take_in
from timesheets.models import Approval, TimeEntry, Timesheet

BATCH = "/api/v1/time-entries/batch"


@pytest.fixture
def api(firm: Firm) -> APIClient:
    """The consultant's client."""
    return api_client(firm.consultant)


def send(client: APIClient, *rows: Any, key: str = "k1", **more: Any) -> Any:
    body = json.dumps({"source_system": "jira", "rows": list(rows), **more})
    return client.post(BATCH, body, content_type="application/json", headers={"Idempotency-Key": key})


def test_a_batch_gives_the_same_entries_and_answers_as_a_file(firm: Firm, api: APIClient) -> None:
    bad = row("2", task="NONE")
    answer = send(api, row("1"), bad)
    entry = TimeEntry.objects.get()
    assert answer.status_code == 200
    assert answer.json() == {
        "counts": {"created": 1, "updated": 0, "unchanged": 0, "refused": 1},
        "rows": [
            {
                "row": 1,
                "source_key": "1",
                "outcome": "created",
                "entry_id": str(entry.pk),
                "code": "",
                "field": "",
                "sentence": "",
            },
            {
                "row": 2,
                "source_key": "2",
                "outcome": "refused",
                "entry_id": None,
                "code": "unknown_task",
                "field": "task",
                "sentence": "The project RAIL has no task with the code NONE.",
            },
        ],
    }
    sent = stored()
    TimeEntry.objects.all().delete()
    take_in(firm.consultant, row("1"), bad)
    assert stored() == sent


def test_the_same_request_again_is_answered_from_memory(api: APIClient) -> None:
    first, events = send(api, row("1")), Event.objects.count()
    again = send(api, row("1"))
    assert (again.content, again["Idempotency-Replayed"]) == (first.content, "true")
    assert (TimeEntry.objects.count(), Event.objects.count()) == (1, events)
    assert send(api, row("2")).status_code == 422
    other = send(api, row("1"), key="k2").json()
    assert other["counts"] == {"created": 0, "updated": 0, "unchanged": 1, "refused": 0}


def test_a_batch_needs_a_key(api: APIClient) -> None:
    answer = api.post(BATCH, {"source_system": "jira", "rows": [row()]})
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_required")
    assert stored() == []


def test_a_dry_run_writes_nothing(api: APIClient) -> None:
    answer = send(api, row("1"), row("2", hours=30), dry_run=True)
    assert [found["outcome"] for found in answer.json()["rows"]] == ["created", "refused"]
    assert (TimeEntry.objects.count(), Timesheet.objects.count(), Event.objects.count()) == (0, 0, 0)


def test_a_batch_ten_times_too_large_is_refused_as_a_whole(api: APIClient) -> None:
    answer = send(api, *[row(str(number)) for number in range(10_000)])
    assert (answer.status_code, answer.json()["code"]) == (413, "too_many_rows")
    assert answer.json()["detail"].startswith("A batch has at most 1,000 rows, this one has 10,000")
    assert stored() == []


def test_the_largest_batch_there_is_fits_with_the_longest_notes(api: APIClient) -> None:
    answer = send(api, *[row(str(number), hours="0.001", note="😀" * 500) for number in range(1000)])
    assert (answer.status_code, answer.json()["counts"]["created"]) == (200, 1000)


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({}, "required", "source_system"),
        ({"source_system": "jira", "rows": []}, "empty", "rows"),
        ({"source_system": "jira", "rows": "x"}, "not_a_list", "rows"),
        ({"source_system": "tieout", "rows": [{}]}, "source_system_invalid", "source_system"),
        ({"source_system": "J I", "rows": [{}]}, "source_system_invalid", "source_system"),
        ({"source_system": "jira", "rows": [{}], "sumbit": True}, "unknown_field", "sumbit"),
        ({"source_system": "jira", "rows": [{}], "submit": "perhaps"}, "invalid", "submit"),
    ],
)
def test_a_bad_envelope_is_refused(api: APIClient, body: dict[str, Any], code: str, field: str) -> None:
    answer = api.post(BATCH, body, headers={"Idempotency-Key": "k"})
    assert answer.status_code == 422
    assert (answer.json()["code"], answer.json()["field"]) == (code, field)
    assert stored() == []


@pytest.mark.parametrize("body", ["[1", '{"rows": NaN}', "\ud800", '"\\ud800"', '[{"a":1,"a":2}]'])
def test_a_body_that_is_no_json_is_refused(api: APIClient, body: str) -> None:
    raw = body.encode("utf-8", "surrogatepass")
    answer = api.post(BATCH, raw, content_type="application/json", headers={"Idempotency-Key": "k"})
    assert answer.status_code in {400, 422}
    assert stored() == []


@pytest.mark.parametrize(
    "given", [None, 7, [], "x", {"worker": {"a": 1}}, row(note="\ud800"), row(note="a\0b")]
)
def test_rows_of_any_shape_get_their_answer(api: APIClient, given: Any) -> None:
    answer = send(api, given, row("good"))
    assert [found["outcome"] for found in answer.json()["rows"]] == ["refused", "created"]


def test_entries_are_read_within_reach(firm: Firm, api: APIClient) -> None:
    send(api, row("1"), row("2", work_date="2026-11-04", hours="2.25"))
    listed = api.get("/api/v1/time-entries?worker=ANNA&work_date_from=2026-11-04").json()["results"]
    assert [(entry["hours"], entry["week"], entry["status"]) for entry in listed] == [
        ("2.2500", "2026-11-02", "draft")
    ]
    one = api.get(f"/api/v1/time-entries/{listed[0]['id']}")
    assert one["ETag"] == f'"{listed[0]["id"]}.1"'
    stranger = api_client(person(Role.CONSULTANT, entity=firm.entity))
    assert stranger.get("/api/v1/time-entries").json()["results"] == []
    assert stranger.get(f"/api/v1/time-entries/{listed[0]['id']}").status_code == 404


def test_a_token_without_the_scope_enters_nothing(firm: Firm) -> None:
    reader = api_client(firm.consultant, scopes=("time.view",))
    assert send(reader, row()).status_code == 403
    assert stored() == []


def test_a_week_is_submitted_and_taken_back(firm: Firm, api: APIClient) -> None:
    send(api, row())
    sheet = api.get("/api/v1/timesheets?worker=ANNA").json()["results"][0]
    assert (sheet["status"], sheet["hours"]) == ("draft", {"draft": "7.5000"})
    address = f"/api/v1/timesheets/{sheet['id']}"
    done = api.post(f"{address}/submit", {}, headers={"Idempotency-Key": "s"})
    assert (done.status_code, done.json()["status"]) == (200, "submitted")
    back = api.post(f"{address}/recall", {"project": "RAIL"}, headers={"Idempotency-Key": "r"})
    assert back.json()["status"] == "draft"


def test_a_refused_submission_says_why(firm: Firm, api: APIClient) -> None:
    send(api, row())
    type(firm.task).objects.update(status="closed")
    sheet = Timesheet.objects.get()
    answer = api.post(f"/api/v1/timesheets/{sheet.pk}/submit", {}, headers={"Idempotency-Key": "s"})
    assert (answer.status_code, answer.json()["code"]) == (422, "rows_refused")
    assert answer.json()["detail"] == "The task BUILD of RAIL is closed."
    assert stored()[0]["status"] == "draft"


def decision(**changes: Any) -> dict[str, Any]:
    slices = [{"worker": "ANNA", "project": "RAIL", "week": "2026-11-02", "entries": 1, "hours": "7.5"}]
    return {"decision": "approved", "slices": slices, **changes}


def decide(client: APIClient, body: dict[str, Any]) -> Any:
    return client.post("/api/v1/approvals", body, headers={"Idempotency-Key": "d"})


def test_time_is_approved_by_another_person(firm: Firm, api: APIClient) -> None:
    send(api, row(), submit=True)
    assert decide(api, decision()).status_code == 403
    answer = decide(api_client(firm.manager), decision())
    assert (answer.status_code, answer.json()) == (201, {"entries": 1, "hours": "7.5000", "slices": 1})
    assert [entry["status"] for entry in stored()] == ["approved"]
    (listed,) = api.get("/api/v1/approvals").json()["results"]
    assert (listed["worker"], listed["decision"], listed["decided_by"]) == (
        "ANNA",
        "approved",
        firm.manager.username,
    )


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"decision": "rejected"}, 422, "reason_missing"),
        ({"decision": "perhaps"}, 422, "invalid_choice"),
        ({"slices": []}, 422, "empty"),
        ({"slices": [{"worker": "X", "project": "RAIL", "week": "2026-11-02"}]}, 422, "invalid"),
        (
            {"slices": [{"worker": "ANNA", "project": "RAIL", "week": "2026-11-02", "hours": "8"}]},
            412,
            "stale",
        ),
    ],
)
def test_a_bad_decision_is_refused(
    firm: Firm, api: APIClient, changes: dict[str, Any], status: int, code: str
) -> None:
    send(api, row(), submit=True)
    answer = decide(api_client(firm.manager), decision(**changes))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert ([entry["status"] for entry in stored()], Approval.objects.count()) == (["submitted"], 0)


def test_an_approved_entry_is_corrected_and_the_correction_withdrawn(firm: Firm, api: APIClient) -> None:
    entry = approved_entry(firm, hours="8")
    address = f"/api/v1/time-entries/{entry.pk}"
    body = {"reason": "Left early", "hours": "6"}
    answer = api.post(f"{address}/correct", body, headers={"Idempotency-Key": "c"})
    assert answer.status_code == 201
    halves = answer.json()
    assert (halves["reversal"]["hours"], halves["replacement"]["hours"]) == ("-8.0000", "6.0000")
    assert halves["replacement"]["corrects"] == str(entry.pk)
    again = api.post(f"{address}/correct", body, headers={"Idempotency-Key": "c2"})
    assert (again.status_code, again.json()["code"]) == (409, "correction_pending")
    api.post(f"{address}/withdraw", {}, headers={"Idempotency-Key": "w"})
    assert len(payloads("time.correction_withdrawn")) == 1
    assert TimeEntry.objects.get(status="approved").hours == Decimal(8)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"hours": "6"}, "required"),
        ({"reason": "x", "hours": "25"}, "hours_over_24"),
        ({"reason": "x", "hours": "1.00001"}, "hours_too_precise"),
        ({"reason": "x", "task": "00000000-0000-7000-8000-000000000000"}, "does_not_exist"),
        ({"reason": "x"}, "nothing_changes"),
        ({"reason": "x", "hour": "6"}, "unknown_field"),
    ],
)
def test_a_bad_correction_is_refused(firm: Firm, api: APIClient, body: dict[str, Any], code: str) -> None:
    entry = approved_entry(firm)
    answer = api.post(f"/api/v1/time-entries/{entry.pk}/correct", body, headers={"Idempotency-Key": "c"})
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert TimeEntry.objects.count() == 1


@pytest.mark.parametrize("path", ["time-entries", "timesheets", "approvals"])
def test_lists_take_the_same_queries_whatever_their_rows(
    firm: Firm, path: str, django_assert_max_num_queries: Any
) -> None:
    client, counts = api_client(firm.pmo), []
    for size in (1, 30):
        for number in range(size):
            week = f"2026-{1 + number % 9:02d}-{2 + number // 9 * 7:02d}"
            approved_entry(firm, work_date=week, hours="0.5")
        client.get(f"/api/v1/{path}")
        with django_assert_max_num_queries(12) as seen:
            client.get(f"/api/v1/{path}")
        counts.append(len(seen))
    assert counts[0] == counts[1]
