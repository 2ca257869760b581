"""Rows become entries; known rows stay what they are."""

from decimal import Decimal

import pytest

from core.actors import Actor
from core.errors import Forbidden
from core.models import Event
from tests.personas import person
from tests.timesheets.builders import MONDAY, TODAY, Firm, lines, row, stored, take_in
from timesheets.actions.intake import try_time
from timesheets.intake.results import Outcome
from timesheets.models import TimeEntry, Timesheet


def outcomes(result: object) -> list[str]:
    return [found.outcome for found in result.rows]  # type: ignore[attr-defined]


def test_good_rows_become_drafts_of_their_week(firm: Firm) -> None:
    result = take_in(firm.consultant, row("1"), row("2", work_date="2026-11-04", hours=2))
    assert outcomes(result) == ["created", "created"]
    assert [found.entry_id for found in result.rows] == list(TimeEntry.objects.values_list("id", flat=True))
    entry = TimeEntry.objects.get(source_key="1")
    assert (entry.root_id, entry.timesheet.week, entry.billable, entry.work_type.code) == (
        entry.id,
        MONDAY,
        True,
        "normal",
    )
    assert (entry.status, entry.submitted_by, entry.submitted_at) == ("draft", None, None)
    assert entry.history.get().history_user_id == f"user:{firm.consultant.pk}"


def test_one_event_a_week_says_what_was_recorded(firm: Firm) -> None:
    take_in(firm.consultant, row("1"), row("2", hours="2"), row("3", work_date="2026-11-10"))
    events = Event.objects.filter(type="timesheet.recorded").order_by("effective_on")
    assert [
        (event.payload["week"], event.payload["entries"], event.payload["hours"]) for event in events
    ] == [
        ("2026-11-02", 2, "9.5"),
        ("2026-11-09", 1, "7.5"),
    ]
    assert {event.legal_entity_id for event in events} == {firm.entity.pk}


def test_submitted_rows_wait_for_approval(firm: Firm) -> None:
    take_in(firm.consultant, row(), submit=True)
    entry = TimeEntry.objects.get()
    assert (entry.status, entry.submitted_by) == ("submitted", firm.consultant)
    event = Event.objects.get(type="timesheet.submitted")
    assert event.payload["projects"] == ["RAIL"]
    assert event.aggregate_id == Timesheet.objects.get().pk


def test_the_same_rows_again_change_nothing(firm: Firm) -> None:
    rows = [row("1"), row("2", hours="1.25")]
    take_in(firm.consultant, *rows, submit=True)
    before, events = stored(), Event.objects.count()
    again = take_in(firm.consultant, *rows, submit=True)
    assert outcomes(again) == ["unchanged", "unchanged"]
    assert (stored(), Event.objects.count()) == (before, events)
    assert TimeEntry.history.count() == 2


def test_other_content_updates_what_is_not_approved(firm: Firm) -> None:
    take_in(firm.consultant, row())
    assert outcomes(take_in(firm.consultant, row(hours="6", work_date="2026-11-10"))) == ["updated"]
    entry = TimeEntry.objects.get()
    assert (entry.hours, entry.timesheet.week.isoformat(), entry.status) == (
        Decimal(6),
        "2026-11-09",
        "draft",
    )


def test_a_draft_is_submitted_by_the_same_row(firm: Firm) -> None:
    take_in(firm.consultant, row())
    assert outcomes(take_in(firm.consultant, row(), submit=True)) == ["updated"]
    assert TimeEntry.objects.get().status == "submitted"


def test_whoever_changes_submitted_time_has_submitted_it(firm: Firm) -> None:
    take_in(firm.consultant, row(), submit=True)
    take_in(firm.pmo, row(hours="6"))
    entry = TimeEntry.objects.get()
    assert (entry.status, entry.submitted_by, entry.hours) == ("submitted", firm.pmo, Decimal(6))


def test_a_rejected_row_stays_rejected_until_it_changes(firm: Firm) -> None:
    take_in(firm.consultant, row(), submit=True)
    TimeEntry.objects.update(status="rejected", rejection_reason="Which plans?")
    assert outcomes(take_in(firm.consultant, row(), submit=True)) == ["unchanged"]
    assert TimeEntry.objects.get().status == "rejected"
    assert outcomes(take_in(firm.consultant, row(note="Plans of line 4"), submit=True)) == ["updated"]
    assert TimeEntry.objects.values_list("status", "rejection_reason").get() == ("submitted", "")


def test_good_rows_stand_beside_refused_ones(firm: Firm) -> None:
    result = take_in(firm.consultant, row("1", worker="NOBODY"), row("2"), row("3", hours="x"))
    assert outcomes(result) == ["refused", "created", "refused"]
    assert result.counts == {Outcome.CREATED: 1, Outcome.UPDATED: 0, Outcome.UNCHANGED: 0, Outcome.REFUSED: 2}
    assert [entry["source_key"] for entry in stored()] == ["2"]


def test_refused_rows_alone_write_nothing(firm: Firm) -> None:
    take_in(firm.consultant, row(worker="NOBODY"))
    assert (TimeEntry.objects.count(), Timesheet.objects.count(), Event.objects.count()) == (0, 0, 0)


def test_a_dry_run_answers_the_same_and_writes_nothing(firm: Firm) -> None:
    rows = [row("1"), row("2", task="NONE"), row("3", hours="20"), row("4", hours="20")]
    tried = try_time(lines(*rows), actor=Actor.of(firm.consultant), on=TODAY)
    assert (TimeEntry.objects.count(), Timesheet.objects.count(), Event.objects.count()) == (0, 0, 0)
    assert outcomes(tried) == outcomes(take_in(firm.consultant, *rows))
    assert [found.code for found in tried.rows] == ["", "unknown_task", "day_over_24", "day_over_24"]


def test_readers_enter_nothing(firm: Firm) -> None:
    with pytest.raises(Forbidden):
        take_in(person("auditor"), row())
    assert stored() == []
