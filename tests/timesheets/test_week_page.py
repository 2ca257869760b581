"""The week sheet in the browser: typed, saved, refused, submitted, copied; with and without script."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from core.models import Event, Role
from core.permissions import memberships
from core.presentation.formats import day as written
from projects.models import Task
from tests.personas import page_client, person
from tests.timesheets.builders import MONDAY, Firm, approved_entry, employed_worker, row, stored, take_in
from timesheets.forms.week import decimal_hours
from timesheets.models import TimeEntry
from timesheets.queries.weeks import week_sheet
from timesheets.tables.week import monday_of

ADDRESS = "/timesheets/ANNA/2026-11-02/"


def typed(firm: Firm, *rows: dict[str, Any], do: str = "save") -> dict[str, Any]:
    """Return the form as a browser posts it: rows with a choice, a note, and hours by day number."""
    posted: dict[str, Any] = {
        "seen": week_sheet(firm.worker, MONDAY, firm.consultant).fingerprint,
        "rows": len(rows),
        "do": do,
    }
    for place, given in enumerate(rows):
        posted[f"row-{place}-work"] = given.get("work", "RAIL/BUILD")
        posted[f"row-{place}-note"] = given.get("note", "")
        posted[f"row-{place}-type"] = given.get("type", "normal")
        posted[f"row-{place}-location"] = ""
        for number, hours in given.get("hours", {}).items():
            posted[f"row-{place}-day-{number}"] = hours
    return posted


@pytest.fixture
def client_of(firm: Firm) -> Client:
    """The consultant's browser."""
    return page_client(firm.consultant)


def post(client: Client, data: dict[str, Any], **headers: str) -> HttpResponse:
    return client.post(ADDRESS, data, headers=headers)  # type: ignore[return-value]


def test_timesheets_lead_to_the_own_week(firm: Firm, client_of: Client) -> None:
    answer = client_of.get("/timesheets/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/timesheets/ANNA/")
    assert page_client(firm.pmo).get("/timesheets/")["Location"] == "/timesheets/team/"


def test_typed_hours_are_saved_as_drafts(firm: Firm, client_of: Client) -> None:
    answer = post(client_of, typed(firm, {"note": "Plans", "hours": {0: "7,5", 1: "7:30"}}, {"work": ""}))
    assert (answer.status_code, answer["Location"]) == (302, ADDRESS)
    assert [(entry["status"], str(entry["hours"]), entry["note"]) for entry in stored()] == [
        ("draft", "7.5000", "Plans"),
        ("draft", "7.5000", "Plans"),
    ]
    shown = client_of.get(ADDRESS).content.decode()
    assert [f'name="row-0-day-{day}" value="7.5"' in shown for day in (0, 1, 2)] == [True, True, False]
    assert "Saved" in shown


def test_a_changed_and_an_emptied_figure(firm: Firm, client_of: Client) -> None:
    post(client_of, typed(firm, {"hours": {0: "8", 1: "2"}}))
    post(client_of, typed(firm, {"hours": {0: "6", 1: ""}, "note": "Shorter"}))
    assert [(str(entry["hours"]), entry["note"]) for entry in stored()] == [("6.0000", "Shorter")]


def test_a_refused_figure_saves_nothing_and_keeps_what_was_typed(firm: Firm, client_of: Client) -> None:
    answer = post(
        client_of, typed(firm, {"hours": {0: "7.5", 2: "25"}}, {"work": "RAIL/NONE", "hours": {4: "1"}})
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert (stored(), Event.objects.count()) == ([], 0)
    assert 'value="7.5"' in text
    assert 'aria-describedby="row-0-day-2-error"' in text
    assert "25 hours are more than a day has." in text
    assert "The project RAIL has no task with the code NONE." in text
    assert "Nothing was saved." in text


def test_hours_without_a_task_are_refused_at_the_row(firm: Firm, client_of: Client) -> None:
    answer = post(client_of, typed(firm, {"work": "", "hours": {0: "1"}}))
    assert (answer.status_code, stored()) == (422, [])
    assert "Project is missing." in answer.content.decode()


def test_submitting_saves_and_submits(firm: Firm, client_of: Client) -> None:
    assert post(client_of, typed(firm, {"hours": {0: "8"}}, do="submit")).status_code == 302
    assert [entry["status"] for entry in stored()] == ["submitted"]
    text = client_of.get(ADDRESS).content.decode()
    assert "Submitted for approval" in text
    assert 'class="c-tag is-info">Submitted' in text
    assert 'name="row-0-day-0"' not in text


def test_what_cannot_be_submitted_is_saved_all_the_same(firm: Firm, client_of: Client) -> None:
    take_in(firm.consultant, row("1"))
    Task.objects.filter(pk=firm.task.pk).update(status="closed")
    answer = post(client_of, typed(firm, do="submit"))
    assert answer.status_code == 422
    sentence = "The task BUILD of RAIL is closed. Your figures are saved, not submitted."
    assert sentence in answer.content.decode()
    assert [entry["status"] for entry in stored()] == ["draft"]


def test_submitted_time_is_taken_back(firm: Firm, client_of: Client) -> None:
    post(client_of, typed(firm, {"hours": {0: "8"}}, do="submit"))
    post(client_of, typed(firm, do="recall"))
    assert [entry["status"] for entry in stored()] == ["draft"]


def test_adding_and_copying_rows_saves_nothing(firm: Firm, client_of: Client) -> None:
    take_in(firm.consultant, row("1", work_date="2026-10-27", hours="6.25"))
    answer = post(client_of, typed(firm, {"hours": {0: "3"}}, do="copy"))
    text = answer.content.decode()
    assert (answer.status_code, TimeEntry.objects.count()) == (200, 1)
    assert 'value="3"' in text
    assert 'name="row-1-day-1" value="6.25"' in text
    added = post(client_of, typed(firm, {"hours": {0: "3"}}, do="add")).content.decode()
    assert 'name="rows" value="2"' in added


def test_a_week_that_changed_meanwhile_is_shown_as_it_stands(firm: Firm, client_of: Client) -> None:
    data = typed(firm, {"hours": {0: "8"}})
    take_in(firm.consultant, row("1", hours="2"))
    answer = post(client_of, data)
    assert answer.status_code == 409
    assert "This week was changed since you opened it" in answer.content.decode()
    assert [str(entry["hours"]) for entry in stored()] == ["2.0000"]


def test_a_fragment_request_gets_the_sheet_and_a_toast(firm: Firm, client_of: Client) -> None:
    answer = post(client_of, typed(firm, {"hours": {0: "8"}}), **{"HX-Request": "true"})
    assert answer.status_code == 200
    assert answer.content.decode().lstrip().startswith('<div class="l-review" id="sheet"')
    assert "Saved" in answer["HX-Trigger"]


def test_another_day_on_the_phone_keeps_what_was_typed(firm: Firm, client_of: Client) -> None:
    data = typed(firm, {"hours": {0: "3.75"}}, do="day")
    answer = client_of.post(f"{ADDRESS}?day=2026-11-05", data, headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert 'value="3.75"' in text
    assert '<a href="/timesheets/ANNA/2026-11-02/?day=2026-11-05"' in text
    assert stored() == []


def test_approved_and_imported_figures_are_shown_and_not_typed(firm: Firm, client_of: Client) -> None:
    approved_entry(firm, hours="8")
    take_in(firm.consultant, row("9", hours="2", work_date="2026-11-04"))
    text = client_of.get(ADDRESS).content.decode()
    assert "Approved" in text
    assert "from jira" in text
    assert 'name="row-0-day-1"' not in text
    assert 'name="row-0-day-3"' in text


def test_the_reason_of_a_rejection_is_shown(firm: Firm, client_of: Client) -> None:
    take_in(firm.consultant, row(), submit=True)
    TimeEntry.objects.update(status="rejected", rejection_reason="Which plans?")
    assert "Which plans?" in client_of.get(ADDRESS).content.decode()


def test_a_day_in_the_week_leads_to_its_monday(client_of: Client) -> None:
    assert client_of.get("/timesheets/ANNA/2026-11-05/")["Location"] == ADDRESS
    assert client_of.get("/timesheets/ANNA/2026-02-30/").status_code == 404


def test_a_manager_sees_only_the_own_projects_of_a_shared_week(firm: Firm) -> None:
    road = firm.add_project("ROAD", manager=employed_worker(firm.entity, "OTHER"))
    firm.assign(firm.worker, road)
    take_in(firm.consultant, row("1", hours="2"), row("2", project="ROAD", hours="3", note="Secret bridge"))
    shown = page_client(firm.manager).get(ADDRESS).content.decode()
    assert ("Wiring plans" in shown, "Secret bridge" in shown) == (True, False)
    assert "Secret bridge" in page_client(firm.consultant).get(ADDRESS).content.decode()


def test_strangers_do_not_see_the_week(firm: Firm) -> None:
    assert page_client(person(Role.CONSULTANT, entity=firm.entity)).get(ADDRESS).status_code == 404
    assert page_client(firm.manager).get(ADDRESS).status_code == 200


def test_readers_cannot_type(firm: Firm) -> None:
    auditor = page_client(person(Role.AUDITOR, entity=firm.entity))
    take_in(firm.consultant, row())
    assert 'class="c-step"' not in auditor.get(ADDRESS).content.decode()
    answer = auditor.post(ADDRESS, typed(firm, {"hours": {0: "1"}}))
    assert (answer.status_code, TimeEntry.objects.count()) == (403, 1)


def test_the_sheet_takes_the_same_queries_whatever_its_rows(
    firm: Firm, client_of: Client, django_assert_max_num_queries: Any
) -> None:
    counts = []
    for tasks in (1, 12):
        for number in range(tasks):
            code = f"T{Task.objects.count()}"
            Task.objects.create(project=firm.project, code=code, name=code, contract_line_key="work")
            take_in(
                firm.consultant, row(code, task=code, hours="0.5", work_date=f"2026-11-0{2 + number % 7}")
            )
        memberships(firm.consultant)
        with django_assert_max_num_queries(15) as seen:
            client_of.get(ADDRESS)
        counts.append(len(seen))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("text", "hours"),
    [("7.5", "7.5"), ("7,5", "7.5"), ("7:30", "7.5"), ("0:20", "0.3333"), ("x", "x"), ("1:99", "1:99")],
)
def test_hours_as_people_write_them(text: str, hours: str) -> None:
    assert decimal_hours(text) == hours


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-27", "9999-12-31", "2026-02-30", "next"])
def test_a_week_that_cannot_be_shown_is_not_found(firm: Firm, client_of: Client, day: str) -> None:
    assert client_of.get(f"/timesheets/{firm.worker.code}/{day}/").status_code == 404
    everybody = page_client(firm.pmo).get("/timesheets/team/", {"week": day})
    this_week = monday_of(timezone.localdate())
    assert (everybody.status_code, everybody.context["register"].summary) == (
        200,
        f"Week of {written(this_week)}",
    )
