"""Bad rows: each with its code, field and sentence, and nothing half-written."""

from datetime import date
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from core.models import Event, Role
from projects.models import Assignment, Employment
from tests.factories import WorkTypeFactory
from tests.personas import person
from tests.timesheets.builders import Firm, employed_worker, row, stored, take_in
from timesheets.models import TimeEntry, Timesheet

ANNA_NOT_ASSIGNED = "ANNA is not assigned to RAIL on 2026-11-03."


def refusal(firm: Firm, given: object, *, user: Any = None) -> tuple[str, str, str]:
    """Take in one row, make sure that nothing was written, and return code, field and sentence."""
    before = stored(), Timesheet.objects.count(), Event.objects.count()
    (found,) = take_in(user or firm.consultant, given, submit=True).rows
    assert (stored(), Timesheet.objects.count(), Event.objects.count()) == before
    return found.code, found.field, found.sentence


@pytest.mark.parametrize(
    ("changes", "code", "field", "sentence"),
    [
        ({"worker": "BOB"}, "unknown_worker", "worker", "There is no worker with the code BOB."),
        ({"project": "P1"}, "unknown_project", "project", "There is no project with the code P1."),
        ({"task": "T1"}, "unknown_task", "task", "The project RAIL has no task with the code T1."),
        ({"work_type": "x"}, "unknown_work_type", "work_type", "There is no work type with the code x."),
        ({"location": "ATL"}, "unknown_location", "location", "There is no region with the code ATL."),
        ({"hours": "0"}, "hours_not_positive", "hours", None),
        ({"hours": "-2"}, "hours_not_positive", "hours", None),
        ({"hours": "24.01"}, "hours_over_24", "hours", "24.01 hours are more than a day has."),
        ({"hours": "1.00001"}, "hours_too_precise", "hours", "1.00001 hours have more than four decimals."),
        ({"hours": "NaN"}, "hours_unreadable", "hours", "“NaN” is no number of hours: write it as 7.5."),
        ({"hours": "1e3"}, "hours_unreadable", "hours", None),
        ({"hours": float("inf")}, "hours_unreadable", "hours", None),
        ({"hours": 10**30}, "hours_unreadable", "hours", None),
        ({"hours": True}, "wrong_type", "hours", "Hours cannot be read: it is a bool, not text or a number."),
        ({"hours": [7]}, "wrong_type", "hours", None),
        ({"hours": ""}, "required", "hours", "Hours is missing."),
        ({"worker": None}, "required", "worker", "Worker is missing."),
        ({"worker": {"code": 1}}, "wrong_type", "worker", None),
        ({"source_key": " "}, "required", "source_key", "Source key is missing."),
        (
            {"source_key": "k" * 81},
            "key_too_long",
            "source_key",
            "The source key has more than 80 characters.",
        ),
        ({"note": "n" * 501}, "note_too_long", "note", "The note has more than 500 characters."),
        ({"note": "a\0b"}, "unstorable_text", "note", "Note holds characters that cannot be stored."),
        ({"note": "\ud800"}, "unstorable_text", "note", None),
        ({"work_date": "3 Nov 2026"}, "date_unreadable", "work_date", None),
        ({"work_date": "2026-02-30"}, "date_unreadable", "work_date", None),
        ({"work_date": "20261103"}, "date_unreadable", "work_date", None),
        ({"work_date": 20261103}, "date_unreadable", "work_date", None),
        ({"billable": "perhaps"}, "billable_unreadable", "billable", "“perhaps” must be yes or no."),
        ({"hour": 2}, "unknown_field", "hour", "A row of time has no field “hour”."),
        ({"work_date": "2026-12-20"}, "date_in_future", "work_date", None),
        ({"work_date": "2025-12-31"}, "date_outside_project", "work_date", None),
    ],
)
def test_a_bad_value_is_refused(
    firm: Firm, changes: dict[str, Any], code: str, field: str, sentence: str | None
) -> None:
    found = refusal(firm, row(**changes))
    assert found[:2] == (code, field)
    assert sentence is None or found[2] == sentence


@pytest.mark.parametrize("given", ["text", 7, None, ["ANNA"]])
def test_a_row_that_is_no_object_is_refused(firm: Firm, given: object) -> None:
    assert refusal(firm, given)[0] == "wrong_type"


@pytest.mark.parametrize("status", ["planned", "on_hold", "closed"])
def test_a_project_that_is_not_active_takes_no_time(firm: Firm, status: str) -> None:
    type(firm.project).objects.update(status=status)
    words = status.replace("_", " ")
    sentence = f"The project RAIL is {words}: time is accepted only while it is active."
    assert refusal(firm, row()) == ("project_not_active", "project", sentence)


def test_a_closed_task_takes_no_time(firm: Firm) -> None:
    type(firm.task).objects.update(status="closed")
    assert refusal(firm, row()) == ("task_closed", "task", "The task BUILD of RAIL is closed.")


def test_a_task_of_another_project_is_unknown_here(firm: Firm) -> None:
    firm.add_project("ROAD", manager=firm.project.manager, task="PAVE")
    assert refusal(firm, row(task="PAVE"))[0] == "unknown_task"


def test_work_after_the_end_of_the_project_is_refused(firm: Firm) -> None:
    type(firm.project).objects.update(ends_on=date(2026, 11, 2))
    sentence = "The project RAIL runs from 2026-01-01 to 2026-11-02, so 2026-11-03 is outside of it."
    assert refusal(firm, row()) == ("date_outside_project", "work_date", sentence)


def test_a_leaver_enters_no_time_after_the_last_day(firm: Firm) -> None:
    Employment.objects.filter(worker=firm.worker).update(valid=DateRange(date(2026, 1, 1), date(2026, 11, 3)))
    assert refusal(firm, row()) == ("worker_inactive", "work_date", "ANNA is not employed on 2026-11-03.")


def test_nobody_works_where_they_are_not_assigned(firm: Firm) -> None:
    Assignment.objects.filter(worker=firm.worker).update(valid=DateRange(date(2026, 1, 1), date(2026, 11, 3)))
    assert refusal(firm, row()) == ("project_not_assigned", "project", ANNA_NOT_ASSIGNED)


def test_a_proposed_assignment_is_none_yet(firm: Firm) -> None:
    Assignment.objects.filter(worker=firm.worker).update(status="proposed")
    assert refusal(firm, row()) == ("project_not_assigned", "project", ANNA_NOT_ASSIGNED)


def test_work_during_an_ended_assignment_still_counts(firm: Firm) -> None:
    Assignment.objects.filter(worker=firm.worker).update(
        status="ended", valid=DateRange(date(2026, 1, 1), date(2026, 11, 4))
    )
    assert take_in(firm.consultant, row()).refused == []


def test_work_without_a_price_tag_cannot_be_declared_billable(firm: Firm) -> None:
    WorkTypeFactory.create(code="travel", billable=False)
    assert refusal(firm, row(work_type="travel", billable="yes"))[0] == "task_not_billable"
    assert take_in(firm.consultant, row(work_type="travel")).refused == []
    assert TimeEntry.objects.get().billable is False


def test_late_time_into_a_closed_month_is_accepted(firm: Firm) -> None:
    from tests.factories import AccountingPeriodFactory

    AccountingPeriodFactory.create(legal_entity=firm.entity, state="closed")
    assert take_in(firm.consultant, row(), submit=True).refused == []


def test_a_day_has_24_hours_over_all_projects_and_batches(firm: Firm) -> None:
    take_in(firm.consultant, row("1", hours="20"))
    found = take_in(firm.consultant, row("2", hours="3"), row("3", hours="2"), row("4", hours="1"))
    assert [(one.code, one.sentence) for one in found.rows] == [
        ("", ""),
        ("day_over_24", "ANNA would have 25 h on 2026-11-03: a day has 24."),
        ("", ""),
    ]


def test_hours_that_are_replaced_do_not_count_twice(firm: Firm) -> None:
    take_in(firm.consultant, row("1", hours="20"), row("2", hours="4"))
    assert take_in(firm.consultant, row("1", hours="18"), row("2", hours="6")).refused == []
    kept = take_in(firm.consultant, row("2", hours="7"))
    assert [found.code for found in kept.rows] == ["day_over_24"]
    assert TimeEntry.objects.get(source_key="2").hours == 6


def test_rejected_hours_leave_room(firm: Firm) -> None:
    take_in(firm.consultant, row("1", hours="20"), submit=True)
    TimeEntry.objects.update(status="rejected", rejection_reason="No")
    assert take_in(firm.consultant, row("2", hours="8")).refused == []


def test_a_key_counts_once_in_a_batch(firm: Firm) -> None:
    found = take_in(firm.consultant, row("1"), row("1", hours="2"), row("1"))
    assert [(one.outcome, one.code) for one in found.rows] == [
        ("created", ""),
        ("refused", "duplicate_in_batch"),
        ("refused", "duplicate_in_batch"),
    ]
    assert found.rows[1].sentence == "Row 1 already carries the source key 1."
    assert [str(entry["hours"]) for entry in stored()] == ["7.5000"]


def test_approved_time_is_not_changed_by_its_source(firm: Firm) -> None:
    take_in(firm.consultant, row(), submit=True)
    TimeEntry.objects.update(status="approved", approved_by=firm.manager, approved_at="2026-11-10T00:00Z")
    code, field, sentence = refusal(firm, row(hours="6"))
    assert (code, field) == ("approved_already", "source_key")
    assert sentence.startswith("This entry was approved with other content (7.5 h)")
    type(firm.project).objects.update(status="closed")
    assert take_in(firm.consultant, row()).rows[0].outcome == "unchanged"


def test_nobody_enters_the_time_of_others(firm: Firm) -> None:
    other = person(Role.CONSULTANT, entity=firm.entity)
    firm.assign(employed_worker(firm.entity, "BOB", user=other), firm.project)
    sentence = "You may not enter time of ANNA on RAIL."
    assert refusal(firm, row(), user=other) == ("not_allowed", "project", sentence)


def test_a_manager_enters_time_only_on_own_projects(firm: Firm) -> None:
    stranger = person(Role.PROJECT_MANAGER, entity=firm.entity)
    assert refusal(firm, row(), user=stranger)[0] == "not_allowed"
    assert take_in(firm.manager, row()).refused == []


def test_rights_end_at_the_legal_entity(firm: Firm) -> None:
    from tests.factories import LegalEntityFactory

    elsewhere = person(Role.PMO, entity=LegalEntityFactory.create())
    assert refusal(firm, row(), user=elsewhere)[0] == "not_allowed"


def test_a_key_cannot_be_taken_over_by_another_worker(firm: Firm) -> None:
    take_in(firm.consultant, row())
    other = person(Role.CONSULTANT, entity=firm.entity)
    firm.assign(employed_worker(firm.entity, "BOB", user=other), firm.project)
    assert refusal(firm, row(worker="BOB", hours="1"), user=other)[0] == "key_taken"
    assert TimeEntry.objects.get().worker == firm.worker


@pytest.mark.parametrize(
    "note", ["=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "Zürich 東京 😀", "'; DROP TABLE x; --"]
)
def test_odd_text_is_stored_as_text(firm: Firm, note: str) -> None:
    assert take_in(firm.consultant, row(note=note)).refused == []
    assert TimeEntry.objects.get().note == note
