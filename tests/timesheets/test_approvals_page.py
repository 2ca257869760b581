"""The approvals page: what waits, questions first, decided one by one, in bulk, or everything clean."""

from typing import Any

import pytest
from django.test import Client

from core.models import Event, Role
from tests.factories import TimeEntryFactory
from tests.personas import page_client, person
from tests.timesheets.builders import Firm, employed_worker, row, stored, take_in
from timesheets.models import TimeEntry
from timesheets.queries.inbox import Waiting, inbox

CLEAN = {"note": "Wiring plans", "hours": "8"}


@pytest.fixture
def waiting(firm: Firm) -> Firm:
    """A clean week, and one with a long Saturday without notes."""
    take_in(firm.consultant, row("1", **CLEAN), submit=True)
    take_in(firm.consultant, row("2", work_date="2026-11-14", hours="11", note=""), submit=True)
    return firm


@pytest.fixture
def manager(waiting: Firm) -> Client:
    """The manager's browser."""
    return page_client(waiting.manager)


def slices(firm: Firm) -> list[Waiting]:
    return inbox(firm.manager)


def states() -> list[str]:
    return [entry["status"] for entry in stored()]


def test_questions_come_first(waiting: Firm) -> None:
    assert [(found.week.isoformat(), found.questions, found.is_clean) for found in slices(waiting)] == [
        ("2026-11-09", ["over 10 h a day", "on a weekend", "without a note"], False),
        ("2026-11-02", [], True),
    ]


def test_long_days_count_all_projects(firm: Firm) -> None:
    road = firm.add_project("ROAD", manager=employed_worker(firm.entity, "OTHER"))
    firm.assign(firm.worker, road)
    take_in(firm.consultant, row("1", **CLEAN), submit=True)
    take_in(firm.consultant, row("2", project="ROAD", hours="3"))
    (found,) = slices(firm)
    assert (found.project_code, found.questions) == ("RAIL", ["over 10 h a day"])


def test_work_after_the_agreed_end_is_questioned(waiting: Firm) -> None:
    type(waiting.project).objects.update(ends_on="2026-11-10")
    assert slices(waiting)[0].questions[0] == "after the end date"


def test_only_what_the_person_may_decide_waits(waiting: Firm) -> None:
    assert inbox(person(Role.PROJECT_MANAGER, entity=waiting.entity)) == []
    assert inbox(waiting.consultant) == []
    assert len(inbox(waiting.pmo)) == 2


def test_the_search_takes_text_as_text(waiting: Firm) -> None:
    assert len(inbox(waiting.manager, text="rail")) == 2
    assert inbox(waiting.manager, text="%") == []


def test_the_page_shows_groups_and_the_open_week(manager: Client, waiting: Firm) -> None:
    text = manager.get("/approvals/").content.decode()
    assert text.index("To look at") < text.index("Clean")
    assert "19.0" in text
    assert "Approve 1 clean" in text
    other = slices(waiting)[1]
    opened = manager.get(f"/approvals/?item={other.slice.key}").content.decode()
    assert "Worker ANNA, week of 2 Nov 2026" in opened


def test_selected_weeks_are_approved(manager: Client, waiting: Firm) -> None:
    answer = manager.post("/approvals/approve/", {"selected": [found.key for found in slices(waiting)]})
    assert (answer.status_code, states()) == (302, ["approved", "approved"])


def test_a_week_that_changed_is_not_approved(manager: Client, waiting: Firm) -> None:
    keys = [found.key for found in slices(waiting)]
    take_in(waiting.consultant, row("1", **{**CLEAN, "hours": "9"}), submit=True)
    answer = manager.post("/approvals/approve/", {"selected": keys})
    assert (answer.status_code, states()) == (412, ["submitted", "submitted"])
    assert "no longer what you saw" in answer.content.decode()


def test_everything_clean_is_approved_at_once(manager: Client) -> None:
    answer = manager.post("/approvals/clean/", {"expected_count": "1", "expected_hours": "8.0000"})
    assert (answer.status_code, states()) == (302, ["approved", "submitted"])


def test_clean_weeks_are_confirmed_as_they_were_seen(manager: Client, waiting: Firm) -> None:
    for said in (
        {"expected_count": "2", "expected_hours": "8"},
        {"expected_count": "1", "expected_hours": "x"},
    ):
        answer = manager.post("/approvals/clean/", said)
        assert (answer.status_code, states()) == (409, ["submitted", "submitted"])


def test_weeks_go_back_with_a_reason(manager: Client, waiting: Firm) -> None:
    keys = [slices(waiting)[0].key]
    asked = manager.post("/approvals/reject/", {"selected": keys})
    assert (asked.status_code, states()) == (200, ["submitted", "submitted"])
    assert "What has to change" in asked.content.decode()
    assert manager.post("/approvals/reject/", {"selected": keys, "reason": " "}).status_code == 422
    sent = manager.post("/approvals/reject/", {"selected": keys, "reason": "Which plans?"})
    assert (sent.status_code, states()) == (302, ["submitted", "rejected"])
    assert TimeEntry.objects.get(status="rejected").rejection_reason == "Which plans?"


@pytest.mark.parametrize("selected", [[], ["x"], ["a.b.c.d.e"], ["1.2.2026-11-02.1.1"]])
def test_a_selection_of_nothing_is_refused(manager: Client, selected: list[str]) -> None:
    answer = manager.post("/approvals/approve/", {"selected": selected})
    assert (answer.status_code, states()) == (422, ["submitted", "submitted"])


def test_own_time_is_shown_without_a_button(waiting: Firm) -> None:
    firm = waiting
    take_in(firm.pmo, row("1", **{**CLEAN, "hours": "7"}), submit=True)
    text = page_client(firm.pmo).get("/approvals/?view=all").content.decode()
    assert "For somebody else to decide" in text
    before = Event.objects.count()
    answer = page_client(firm.pmo).post(
        "/approvals/approve/", {"selected": [found.key for found in inbox(firm.pmo) if found.blocked]}
    )
    assert (answer.status_code, Event.objects.count()) == (403, before)


def test_a_fragment_request_gets_the_queue_and_a_toast(manager: Client, waiting: Firm) -> None:
    answer = manager.post(
        "/approvals/approve/",
        {"selected": [slices(waiting)[0].key]},
        headers={"HX-Request": "true", "HX-Target": "queue"},
    )
    assert answer.content.decode().lstrip().startswith('<div class="l-review" id="queue"')
    assert (answer["HX-Retarget"], "11 h approved" in answer["HX-Trigger"]) == ("#queue", True)


def test_consultants_have_no_approvals(waiting: Firm) -> None:
    assert page_client(waiting.consultant).get("/approvals/").status_code == 403


def test_the_page_takes_the_same_queries_whatever_waits(
    firm: Firm, django_assert_max_num_queries: Any
) -> None:
    counts = []
    for size in (1, 30):
        for _ in range(size):
            worker = employed_worker(firm.entity, f"W{TimeEntry.objects.count()}")
            TimeEntryFactory.create(worker=worker, task=firm.task, submitted=True)
        client = page_client(firm.pmo)
        with django_assert_max_num_queries(15) as seen:
            client.get("/approvals/")
        counts.append(len(seen))
    assert counts[0] == counts[1]
