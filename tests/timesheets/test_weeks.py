"""The week sheet is saved as a whole, submitted and taken back."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.actors import Actor
from core.errors import Forbidden, Invalid, Refusal, Stale
from core.models import Event, Role
from projects.models import Project
from tests.personas import person
from tests.timesheets.builders import (
    MONDAY,
    TODAY,
    Firm,
    approved_entry,
    employed_worker,
    payloads,
    row,
    stored,
    take_in,
)
from timesheets.actions.approvals import approve_time
from timesheets.actions.weeks import (
    Cell,
    NothingToSubmit,
    RefusedRows,
    recall_time,
    record_week,
    submit_time,
)
from timesheets.intake.results import IntakeResult
from timesheets.models import TimeEntry, Timesheet
from timesheets.queries.weeks import fingerprint

TUESDAY = date(2026, 11, 3)


def cell(hours: str = "7.5", **changes: Any) -> Cell:
    given = {"project": "RAIL", "task": "BUILD", "work_date": TUESDAY, "note": "Wiring plans", **changes}
    return Cell(hours=hours, **given)


def save(firm: Firm, *cells: Cell, by: Any = None, **more: Any) -> IntakeResult:
    actor = Actor.of(by or firm.consultant)
    return record_week(firm.worker.pk, MONDAY, cells=cells, actor=actor, on=TODAY, **more)


def submit(firm: Firm, **more: Any) -> IntakeResult:
    return submit_time(firm.worker.pk, MONDAY, actor=Actor.of(firm.consultant), on=TODAY, **more)


def facts() -> list[dict[str, Any]]:
    return [{name: value for name, value in entry.items() if name != "source_key"} for entry in stored()]


def test_the_sheet_the_api_and_files_give_the_same_entries(firm: Firm) -> None:
    save(firm, cell(), cell("2", work_date=date(2026, 11, 4)))
    typed = facts()
    TimeEntry.objects.all().delete()
    take_in(firm.consultant, row("1"), row("2", hours=2, work_date="2026-11-04"))
    assert facts() == typed


def test_the_sheet_refuses_with_the_same_reasons(firm: Firm) -> None:
    Project.objects.update(status="on_hold")
    (sent,) = take_in(firm.consultant, row()).rows
    with pytest.raises(RefusedRows) as caught:
        save(firm, cell())
    (typed,) = caught.value.result.rows
    assert (typed.code, typed.field, typed.sentence) == (sent.code, sent.field, sent.sentence)


def test_one_refused_cell_saves_none(firm: Firm) -> None:
    with pytest.raises(RefusedRows) as caught:
        save(firm, cell(), cell("30", work_date=date(2026, 11, 4)))
    assert [found.code for found in caught.value.result.rows] == ["", "hours_over_24"]
    assert (stored(), Timesheet.objects.count(), Event.objects.count()) == ([], 0, 0)


def test_cells_change_and_empty_ones_go_away(firm: Firm) -> None:
    first, second = save(firm, cell(), cell("2", work_date=date(2026, 11, 4))).rows
    save(firm, cell("6", entry_id=first.entry_id), cell("", entry_id=second.entry_id))
    entry = TimeEntry.objects.get()
    assert (entry.pk, entry.hours, entry.history.count()) == (first.entry_id, Decimal(6), 2)
    assert TimeEntry.history.filter(history_type="-").count() == 1
    assert [(told["entries"], told["removed"]) for told in payloads("timesheet.recorded")] == [(2, 0), (1, 1)]


def test_emptying_the_week_is_recorded(firm: Firm) -> None:
    (only,) = save(firm, cell()).rows
    save(firm, cell("", entry_id=only.entry_id))
    assert stored() == []
    assert payloads("timesheet.recorded")[-1]["removed"] == 1


def test_saving_the_same_week_again_writes_nothing(firm: Firm) -> None:
    (only,) = save(firm, cell()).rows
    before = Event.objects.count()
    assert save(firm, cell(entry_id=only.entry_id)).rows[0].outcome == "unchanged"
    assert Event.objects.count() == before


def test_a_week_that_changed_meanwhile_is_not_overwritten(firm: Firm) -> None:
    (only,) = save(firm, cell()).rows
    seen = fingerprint(TimeEntry.objects.all())
    save(firm, cell("6", entry_id=only.entry_id), seen=seen)
    with pytest.raises(Stale):
        save(firm, cell("5", entry_id=only.entry_id), seen=seen)
    assert TimeEntry.objects.get().hours == 6


def test_imported_and_submitted_entries_are_not_edited_in_the_sheet(firm: Firm) -> None:
    (imported,) = take_in(firm.consultant, row()).rows
    with pytest.raises(Stale):
        save(firm, cell("5", entry_id=imported.entry_id))
    (own,) = save(firm, cell("2", note="other")).rows
    submit(firm)
    with pytest.raises(Stale):
        save(firm, cell("5", entry_id=own.entry_id))
    assert sorted(str(entry["hours"]) for entry in stored()) == ["2.0000", "7.5000"]


def test_days_of_another_week_are_refused(firm: Firm) -> None:
    with pytest.raises(Invalid, match="outside this week"):
        save(firm, cell(work_date=date(2026, 11, 9)))
    with pytest.raises(Invalid, match="begins on a Monday"):
        record_week(firm.worker.pk, TUESDAY, cells=[], actor=Actor.of(firm.consultant), on=TODAY)


def test_others_do_not_fill_in_the_week(firm: Firm) -> None:
    for role in (Role.CONSULTANT, Role.FINANCE, Role.AUDITOR):
        with pytest.raises(Forbidden):
            save(firm, cell(), by=person(role, entity=firm.entity))
    assert stored() == []
    save(firm, cell(), by=firm.manager)


def test_a_manager_empties_or_moves_no_time_of_other_projects(firm: Firm) -> None:
    (own,) = save(firm, cell()).rows
    stranger = person(Role.PROJECT_MANAGER, entity=firm.entity)
    project = firm.add_project("ROAD", manager=employed_worker(firm.entity, "OTTO", user=stranger))
    firm.assign(firm.worker, project)
    before = stored(), Event.objects.count()
    for grab in (cell("", entry_id=own.entry_id), replace(cell(entry_id=own.entry_id), project="ROAD")):
        with pytest.raises(Refusal):
            save(firm, grab, by=stranger)
        assert (stored(), Event.objects.count()) == before
    save(firm, cell("", entry_id=own.entry_id), by=firm.manager)
    assert stored() == []


def test_a_week_is_submitted_with_all_its_drafts(firm: Firm) -> None:
    save(firm, cell())
    take_in(firm.consultant, row("1", hours="1"))
    submit(firm)
    assert {entry["status"] for entry in stored()} == {"submitted"}
    (told,) = payloads("timesheet.submitted")
    assert (told["entries"], told["hours"], told["projects"]) == (2, "8.5000", ["RAIL"])


def test_submitting_again_changes_nothing(firm: Firm) -> None:
    save(firm, cell())
    submit(firm)
    before = stored(), Event.objects.count()
    submit(firm)
    assert (stored(), Event.objects.count()) == before


def test_one_project_can_be_submitted_alone(firm: Firm) -> None:
    road = firm.add_project("ROAD", manager=firm.project.manager)
    firm.assign(firm.worker, road)
    save(firm, cell(), cell("1", project="ROAD"))
    submit(firm, project_id=road.pk)
    assert dict(TimeEntry.objects.values_list("project__code", "status")) == {
        "RAIL": "draft",
        "ROAD": "submitted",
    }


def test_an_empty_week_is_not_submitted(firm: Firm) -> None:
    with pytest.raises(NothingToSubmit):
        submit(firm)


def test_a_draft_whose_task_closed_is_not_submitted(firm: Firm) -> None:
    save(firm, cell())
    type(firm.task).objects.update(status="closed")
    with pytest.raises(RefusedRows) as caught:
        submit(firm)
    assert caught.value.result.rows[0].code == "task_closed"
    assert stored()[0]["status"] == "draft"


def test_rejected_time_is_submitted_again_by_a_person(firm: Firm) -> None:
    save(firm, cell())
    submit(firm)
    TimeEntry.objects.update(status="rejected", rejection_reason="Why?")
    submit(firm)
    assert TimeEntry.objects.values_list("status", "rejection_reason").get() == ("submitted", "")


def test_submitted_time_is_taken_back_before_a_decision(firm: Firm) -> None:
    save(firm, cell())
    submit(firm)
    assert recall_time(firm.worker.pk, MONDAY, actor=Actor.of(firm.consultant)) == 1
    assert TimeEntry.objects.get(status="draft").submitted_by is None
    assert recall_time(firm.worker.pk, MONDAY, actor=Actor.of(firm.consultant)) == 0
    assert len(payloads("timesheet.recalled")) == 1


def test_approved_time_is_not_taken_back(firm: Firm) -> None:
    approved_entry(firm)
    assert recall_time(firm.worker.pk, MONDAY, actor=Actor.of(firm.consultant)) == 0
    assert TimeEntry.objects.get().status == "approved"


def test_a_manager_takes_back_only_time_of_own_projects(firm: Firm) -> None:
    save(firm, cell())
    submit(firm)
    stranger = person(Role.PROJECT_MANAGER, entity=firm.entity)
    with pytest.raises(Forbidden):
        recall_time(firm.worker.pk, MONDAY, actor=Actor.of(stranger))
    assert recall_time(firm.worker.pk, MONDAY, actor=Actor.of(firm.manager)) == 1
    submit(firm)
    approve_time(TimeEntry.objects.all(), actor=Actor.of(firm.manager))
