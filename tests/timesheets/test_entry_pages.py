"""Registers of time, one entry with its chain, and the correction form."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from core.actors import Actor
from core.models import Role
from tests.personas import page_client, person
from tests.timesheets.builders import TODAY, Firm, approved_entry, employed_worker, row, take_in
from timesheets.actions.approvals import approve_time
from timesheets.actions.corrections import correct_time
from timesheets.models import TimeEntry


@pytest.fixture
def entry(firm: Firm) -> TimeEntry:
    """An approved entry of eight hours."""
    return approved_entry(firm, hours="8")


def said(entry: TimeEntry, **changes: Any) -> dict[str, Any]:
    return {
        "hours": "6",
        "work_date": "2026-11-03",
        "task": str(entry.task_id),
        "work_type": "normal",
        "note": entry.note,
        "reason": "Left early",
        "do": "correct",
        **changes,
    }


def address(entry: TimeEntry, verb: str = "") -> str:
    return f"/timesheets/entries/{entry.pk}/{verb}"


def test_the_register_shows_what_the_person_may_see(firm: Firm) -> None:
    road = firm.add_project("ROAD", manager=employed_worker(firm.entity, "OTHER"))
    firm.assign(firm.worker, road)
    take_in(firm.consultant, row("1"), row("2", project="ROAD", hours="1"))
    shown = {
        user: page_client(user).get("/timesheets/entries/").content.decode().count('data-row="')
        for user in (firm.consultant, firm.manager, firm.pmo, person(Role.CONSULTANT, entity=firm.entity))
    }
    assert list(shown.values()) == [2, 1, 2, 0]


def test_the_register_is_narrowed_and_exported(firm: Firm) -> None:
    take_in(firm.consultant, row("1"), row("2", note="=1+1", hours="1"))
    client = page_client(firm.consultant)
    assert client.get("/timesheets/entries/?q=wiring").content.decode().count('data-row="') == 1
    assert client.get("/timesheets/entries/?status=approved").content.decode().count('data-row="') == 0
    answer = client.get("/timesheets/entries/?export=csv")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert "'=1+1" in text
    assert text.count("\n") == 3


def test_a_correction_is_compared_before_it_is_asked_for(firm: Firm, entry: TimeEntry) -> None:
    client = page_client(firm.consultant)
    answer = client.post(address(entry, "correct/"), said(entry, do="compare"))
    text = answer.content.decode()
    assert (answer.status_code, TimeEntry.objects.count()) == (200, 1)
    assert "What would change" in text
    assert "1 of 6 differ" in text


def test_a_correction_is_asked_for_and_withdrawn(firm: Firm, entry: TimeEntry) -> None:
    client = page_client(firm.consultant)
    assert client.post(address(entry, "correct/"), said(entry)).status_code == 302
    replacement = TimeEntry.objects.get(kind="replacement")
    assert (replacement.hours, replacement.status) == (Decimal(6), "submitted")
    shown = client.get(address(entry)).content.decode()
    assert "A correction waits for approval" in shown
    assert "Ask for the correction" not in shown
    assert client.post(address(entry, "withdraw/")).status_code == 302
    assert "Ask for the correction" in client.get(address(entry)).content.decode()


def test_a_voided_entry_needs_no_figures_to_change(firm: Firm, entry: TimeEntry) -> None:
    page_client(firm.consultant).post(address(entry, "correct/"), said(entry, hours="8", void="on"))
    assert list(TimeEntry.objects.exclude(kind="work").values_list("kind", "hours")) == [
        ("reversal", Decimal(-8))
    ]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"hours": "25"}, "25 hours are more than a day has."),
        ({"hours": "8"}, "This is what is recorded already"),
        ({"reason": ""}, "This field is required."),
        ({"hours": "x"}, "Enter a number."),
        ({"task": "00000000-0000-7000-8000-000000000000"}, "Select a valid choice"),
        ({"work_date": "2026-13-01"}, "Enter a valid date."),
    ],
)
def test_a_bad_correction_is_refused_with_its_reason(
    firm: Firm, entry: TimeEntry, changes: dict[str, str], sentence: str
) -> None:
    answer = page_client(firm.consultant).post(address(entry, "correct/"), said(entry, **changes))
    assert (answer.status_code, TimeEntry.objects.count()) == (422, 1)
    assert sentence in answer.content.decode()


def test_the_chain_shows_what_counts(firm: Firm, entry: TimeEntry) -> None:
    correct_time(entry.pk, actor=Actor.of(firm.consultant), on=TODAY, reason="Left early", hours=Decimal(6))
    approve_time(TimeEntry.objects.filter(status="submitted"), actor=Actor.of(firm.pmo))
    text = page_client(firm.pmo).get(address(entry)).content.decode()
    assert text.index("Work") < text.index("Reversal") < text.index("Replacement")
    assert "What counts" in text
    assert "6.0" in text


def test_strangers_see_and_correct_nothing(firm: Firm, entry: TimeEntry) -> None:
    stranger = page_client(person(Role.CONSULTANT, entity=firm.entity))
    assert stranger.get(address(entry)).status_code == 404
    assert stranger.post(address(entry, "correct/"), said(entry)).status_code == 404
    auditor = page_client(person(Role.AUDITOR, entity=firm.entity))
    assert "Ask for the correction" not in auditor.get(address(entry)).content.decode()
    assert auditor.post(address(entry, "correct/"), said(entry)).status_code == 403
    assert TimeEntry.objects.count() == 1


def test_weeks_of_everybody_show_what_is_missing(firm: Firm, entry: TimeEntry) -> None:
    take_in(firm.consultant, row("7", work_date="2026-11-04", hours="3"))
    client: Client = page_client(firm.manager)
    text = client.get("/timesheets/team/?week=2026-11-04").content.decode()
    assert "/timesheets/ANNA/2026-11-02/" in text
    assert "11.0" in text
    assert "/timesheets/ANNA/" not in client.get("/timesheets/team/?time=complete").content.decode()


@pytest.mark.parametrize("path", ["/timesheets/entries/", "/timesheets/team/?week=2026-11-02"])
def test_registers_take_the_same_queries_whatever_their_rows(
    firm: Firm, path: str, django_assert_max_num_queries: Any
) -> None:
    counts = []
    for size in (1, 30):
        for _ in range(size):
            number = TimeEntry.objects.count()
            firm.assign(employed_worker(firm.entity, f"W{number}"), firm.project)
            take_in(firm.pmo, row(str(number), worker=f"W{number}", hours="1"))
        client = page_client(firm.pmo)
        with django_assert_max_num_queries(15) as seen:
            client.get(path)
        counts.append(len(seen))
    assert counts[0] == counts[1]
