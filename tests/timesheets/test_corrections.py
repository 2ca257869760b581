"""Approved time is corrected by a reversal and a replacement that another person approves."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.actors import Actor
from core.errors import Forbidden, Invalid, NotFound, Refusal
from core.identifiers import uuid7
from core.models import Event, Role
from core.states import IllegalMove
from projects.models import Project, Task
from tests.personas import person
from tests.timesheets.builders import TODAY, Firm, approved_entry, payloads, row, take_in
from timesheets.actions.approvals import ReasonMissing, approve_time, reject_time
from timesheets.actions.corrections import (
    Correction,
    CorrectionPending,
    NothingChanges,
    correct_time,
    withdraw_correction,
)
from timesheets.actions.steps.single import RefusedLine
from timesheets.models import Approval, TimeEntry
from timesheets.policies import OwnTime


def correct(firm: Firm, entry: TimeEntry, *, by: Any = None, **changes: Any) -> Correction:
    actor = Actor.of(by or firm.consultant)
    return correct_time(entry.pk, actor=actor, on=TODAY, reason="Wrong day", **changes)


def approve(firm: Firm) -> None:
    approve_time(TimeEntry.objects.filter(status="submitted"), actor=Actor.of(firm.pmo))


def chain() -> list[tuple[str, str, Decimal]]:
    return [
        (entry.kind, entry.status, entry.hours) for entry in TimeEntry.objects.order_by("created_at", "-kind")
    ]


def counting(root: Any) -> list[Decimal]:
    counts = TimeEntry.objects.filter(root_id=root, status="approved").exclude(kind="reversal")
    return list(counts.values_list("hours", flat=True))


def assert_refused(firm: Firm, entry: TimeEntry, refusal: type[Refusal], **changes: Any) -> str:
    before = chain(), Event.objects.count()
    with pytest.raises(refusal) as caught:
        correct(firm, entry, **changes)
    assert (chain(), Event.objects.count()) == before
    return caught.value.code


def test_a_correction_waits_and_the_entry_counts_on(firm: Firm) -> None:
    entry = approved_entry(firm, hours="8")
    correct(firm, entry, hours=Decimal(6))
    assert sorted(chain()) == [
        ("replacement", "submitted", Decimal(6)),
        ("reversal", "submitted", Decimal(-8)),
        ("work", "approved", Decimal(8)),
    ]
    assert counting(entry.root_id) == [Decimal(8)]
    (told,) = payloads("time.correction_submitted")
    assert (told["hours_before"], told["hours_after"], told["entry_id"]) == ("8.0000", "6", str(entry.pk))


def test_an_approved_correction_replaces_the_entry(firm: Firm) -> None:
    entry = approved_entry(firm, hours="8")
    correct(firm, entry, hours=Decimal(6))
    approve(firm)
    assert sorted(chain()) == [
        ("replacement", "approved", Decimal(6)),
        ("reversal", "approved", Decimal(-8)),
        ("work", "corrected", Decimal(8)),
    ]
    assert counting(entry.root_id) == [Decimal(6)]
    assert payloads("time.corrected") == [
        {
            "worker_id": str(firm.worker.pk),
            "worker": "ANNA",
            "contract_id": str(firm.project.contract_id),
            "project_id": str(firm.project.pk),
            "contract_ids": [str(firm.project.contract_id)],
            "project_ids": [str(firm.project.pk)],
            "roots": [str(entry.pk)],
            "hours_before": "8.0000",
            "hours_after": "6.0000",
            "first_on": "2026-11-03",
            "last_on": "2026-11-03",
        }
    ]
    assert len(payloads("time.approved")) == 1
    assert list(Approval.objects.order_by("decided_at").values_list("entries", "hours")) == [
        (1, Decimal(8)),
        (2, Decimal(-2)),
    ]


def test_work_that_never_happened_is_voided(firm: Firm) -> None:
    entry = approved_entry(firm)
    assert correct(firm, entry, void=True).replacement is None
    approve(firm)
    assert counting(entry.root_id) == []
    (told,) = payloads("time.corrected")
    assert (told["hours_before"], told["hours_after"]) == ("7.5000", "0")


def test_a_correction_can_be_corrected_again(firm: Firm) -> None:
    entry = approved_entry(firm, hours="8")
    for hours in (6, 7, 5):
        current = TimeEntry.objects.get(root_id=entry.pk, status="approved", kind__in=["work", "replacement"])
        correct(firm, current, hours=Decimal(hours))
        approve(firm)
    assert counting(entry.root_id) == [Decimal(5)]
    assert TimeEntry.objects.filter(root_id=entry.pk).count() == 7
    assert sum(TimeEntry.objects.values_list("hours", flat=True)) == Decimal(5)
    assert {told["roots"][0] for told in payloads("time.corrected")} == {str(entry.pk)}


def test_moved_work_names_both_contracts(firm: Firm) -> None:
    road = firm.add_project("ROAD", manager=firm.project.manager)
    firm.assign(firm.worker, road)
    entry = approved_entry(firm)
    correct(firm, entry, task_id=road.tasks.get().pk, work_date=date(2026, 11, 10))
    approve(firm)
    (told,) = payloads("time.corrected")
    assert told["contract_id"] == str(firm.project.contract_id)
    assert set(told["contract_ids"]) == {str(firm.project.contract_id), str(road.contract_id)}
    assert (told["first_on"], told["last_on"]) == ("2026-11-03", "2026-11-10")
    moved = TimeEntry.objects.get(kind="replacement")
    assert (moved.project, moved.timesheet.week.isoformat(), moved.root_id) == (road, "2026-11-09", entry.pk)
    assert Approval.objects.filter(project=road).get().hours == Decimal("7.5")


def test_one_half_brings_the_other_to_the_decision(firm: Firm) -> None:
    road = firm.add_project("ROAD", manager=firm.project.manager)
    firm.assign(firm.worker, road)
    correct(firm, approved_entry(firm), task_id=road.tasks.get().pk)
    approve_time(TimeEntry.objects.filter(kind="replacement"), actor=Actor.of(firm.manager))
    assert set(TimeEntry.objects.values_list("kind", "status")) == {
        ("work", "corrected"),
        ("reversal", "approved"),
        ("replacement", "approved"),
    }


def test_who_manages_only_one_side_of_a_move_does_not_approve_it(firm: Firm) -> None:
    from tests.timesheets.builders import employed_worker

    road = firm.add_project("ROAD", manager=employed_worker(firm.entity, "OTHER"))
    firm.assign(firm.worker, road)
    correct(firm, approved_entry(firm), task_id=road.tasks.get().pk)
    with pytest.raises(Forbidden, match="ROAD"):
        approve_time(TimeEntry.objects.filter(kind="reversal"), actor=Actor.of(firm.manager))
    assert TimeEntry.objects.filter(status="submitted").count() == 2


def test_a_rejected_correction_leaves_the_entry_and_may_be_asked_again(firm: Firm) -> None:
    entry = approved_entry(firm)
    correct(firm, entry, hours=Decimal(6))
    reject_time(TimeEntry.objects.filter(kind="reversal"), actor=Actor.of(firm.pmo), reason="8 h is right")
    assert counting(entry.root_id) == [Decimal("7.5")]
    assert set(TimeEntry.objects.exclude(kind="work").values_list("status", flat=True)) == {"rejected"}
    correct(firm, entry, hours=Decimal(7))
    assert TimeEntry.objects.filter(corrects=entry, status="submitted").count() == 2


def test_a_withdrawn_correction_makes_room_for_another(firm: Firm) -> None:
    entry = approved_entry(firm)
    correct(firm, entry, hours=Decimal(6))
    withdraw_correction(entry.pk, actor=Actor.of(firm.consultant))
    withdraw_correction(entry.pk, actor=Actor.of(firm.consultant))
    assert len(payloads("time.correction_withdrawn")) == 1
    correct(firm, entry, void=True)


def test_whoever_asks_for_a_correction_does_not_approve_it(firm: Firm) -> None:
    correct(firm, approved_entry(firm), by=firm.manager, hours=Decimal(6))
    with pytest.raises(OwnTime):
        approve_time(TimeEntry.objects.filter(status="submitted"), actor=Actor.of(firm.manager))


def test_a_second_correction_waits_for_the_first(firm: Firm) -> None:
    entry = approved_entry(firm)
    correct(firm, entry, hours=Decimal(6))
    assert assert_refused(firm, entry, CorrectionPending, hours=Decimal(5)) == "correction_pending"


def test_only_approved_time_is_corrected(firm: Firm) -> None:
    take_in(firm.consultant, row(), submit=True)
    assert_refused(firm, TimeEntry.objects.get(), IllegalMove, hours=Decimal(6))


def test_a_reversal_is_not_corrected_by_itself(firm: Firm) -> None:
    entry = approved_entry(firm)
    correct(firm, entry, hours=Decimal(6))
    approve(firm)
    assert_refused(firm, TimeEntry.objects.get(kind="reversal"), Invalid, void=True)
    assert_refused(firm, entry, IllegalMove, hours=Decimal(5))


def test_a_correction_says_why_and_changes_something(firm: Firm) -> None:
    entry = approved_entry(firm)
    assert_refused(firm, entry, NothingChanges, hours=entry.hours)
    with pytest.raises(ReasonMissing):
        correct_time(entry.pk, actor=Actor.of(firm.consultant), on=TODAY, reason=" ", void=True)
    with pytest.raises(NotFound):
        correct_time(uuid7(), actor=Actor.of(firm.consultant), on=TODAY, reason="x", void=True)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"hours": Decimal(25)}, "hours_over_24"),
        ({"hours": Decimal(-1)}, "hours_not_positive"),
        ({"hours": Decimal("1.00001")}, "hours_too_precise"),
        ({"work_type": "none"}, "unknown_work_type"),
        ({"work_date": date(2027, 3, 1)}, "date_in_future"),
        ({"work_date": date(2025, 3, 1)}, "date_outside_project"),
    ],
)
def test_a_replacement_passes_the_common_validation(firm: Firm, changes: dict[str, Any], code: str) -> None:
    assert assert_refused(firm, approved_entry(firm), RefusedLine, **changes) == code


def test_the_corrected_hours_do_not_count_twice_in_their_day(firm: Firm) -> None:
    entry = approved_entry(firm, hours="16")
    correct(firm, entry, hours=Decimal(20))
    assert (
        assert_refused(firm, approved_entry(firm, hours="4"), RefusedLine, hours=Decimal(5)) == "day_over_24"
    )


def test_time_of_a_closed_project_can_still_be_corrected(firm: Firm) -> None:
    entry = approved_entry(firm)
    Project.objects.update(status="closed")
    Task.objects.update(status="closed")
    assert correct(firm, entry, hours=Decimal(6)).replacement is not None


def test_work_moves_only_to_open_tasks_of_assigned_projects(firm: Firm) -> None:
    road = firm.add_project("ROAD", manager=firm.project.manager)
    entry = approved_entry(firm)
    target = road.tasks.get().pk
    assert assert_refused(firm, entry, RefusedLine, task_id=target) == "project_not_assigned"
    assert_refused(firm, entry, Invalid, task_id=uuid7())


def test_strangers_correct_nothing(firm: Firm) -> None:
    entry = approved_entry(firm)
    for role in (Role.CONSULTANT, Role.PROJECT_MANAGER, Role.FINANCE, Role.AUDITOR):
        assert_refused(firm, entry, Forbidden, by=person(role, entity=firm.entity), void=True)


def test_a_source_that_repeats_the_corrected_figures_changes_nothing(firm: Firm) -> None:
    entry = approved_entry(firm, hours="8")
    correct(firm, entry, hours=Decimal(6))
    approve(firm)
    for hours, outcome in (("8", "unchanged"), ("6", "unchanged"), ("5", "refused")):
        (found,) = take_in(firm.consultant, row(hours=hours), submit=True).rows
        assert found.outcome == outcome
