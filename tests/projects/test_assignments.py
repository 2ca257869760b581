"""Who works on what, when, and at an agreed price."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.actors import Actor
from core.errors import Forbidden, Invalid
from core.models import Event
from core.states import IllegalMove
from projects.actions.assigning import AlreadyAssigned
from projects.actions.assignments import (
    assign_worker,
    change_assignment,
    confirm_assignment,
    release_worker,
)
from projects.models import Assignment, Project, Worker
from projects.policies import NotYourProject, WorkerInactive
from tests.contracts.builders import told
from tests.factories import DeliveryRoleFactory
from tests.personas import person
from tests.projects.builders import employed, manager_of, planner, running

pytestmark = pytest.mark.django_db
FIRST = date(2026, 1, 1)


def state() -> list[Any]:
    return [list(Assignment.objects.order_by("pk").values()), Event.objects.count()]


def assigned(project: Project, worker: Worker, *, by: Actor | None = None, **fields: Any) -> Assignment:
    values: dict[str, Any] = {"starts_on": FIRST, "role_id": DeliveryRoleFactory.create().pk, **fields}
    return assign_worker(project.pk, worker_id=worker.pk, actor=by or planner(), **values)


def about(assignment: Assignment, ends_on: str | None = None) -> dict[str, Any]:
    return {
        "worker_id": str(assignment.worker_id),
        "project_id": str(assignment.project_id),
        "contract_id": str(assignment.project.contract_id),
        "starts_on": "2026-01-01",
        "ends_on": ends_on,
    }


def test_a_worker_is_proposed_confirmed_and_released() -> None:
    assignment = assigned(running(), employed(), confirmed=False, rate_override=Decimal("205"))
    confirm_assignment(assignment.pk, actor=planner())
    released = release_worker(assignment.pk, ends_on=date(2026, 3, 31), actor=planner())

    assert told("resource.assigned", "resource.confirmed", "resource.released") == [
        (
            "resource.assigned",
            about(assignment)
            | {"status": "proposed", "role": "senior", "rate_override": "205", "override_unit": "hour"},
        ),
        ("resource.confirmed", about(assignment)),
        ("resource.released", about(assignment, "2026-03-31") | {"cancelled": False}),
    ]
    days: Any = released.valid
    assert (released.status, days.upper) == ("ended", date(2026, 4, 1))


def test_an_assignment_starts_proposed_even_when_confirmed_at_once() -> None:
    assignment = assigned(running(), employed())
    steps = assignment.history.order_by("history_id").values_list("status", flat=True)
    assert list(steps) == ["proposed", "confirmed"]


def test_a_worker_without_employment_is_refused() -> None:
    project, worker = running(), employed(starts_on=date(2026, 2, 1))
    before = state()
    with pytest.raises(WorkerInactive):
        assigned(project, worker)
    assert state() == before


def test_a_worker_is_on_a_project_once_a_day() -> None:
    project, worker = running(), employed()
    assigned(project, worker, ends_on=date(2026, 1, 31))
    before = state()
    with pytest.raises(AlreadyAssigned):
        assigned(project, worker, starts_on=date(2026, 1, 31))
    assert state() == before
    assigned(project, worker, starts_on=date(2026, 2, 1), rate_override=Decimal(210))
    assert Assignment.objects.count() == 2


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"allocation_percent": Decimal(0)}, "allocation_percent"),
        ({"allocation_percent": Decimal(201)}, "allocation_percent"),
        ({"rate_override": Decimal(-1)}, "rate_override"),
        ({"rate_override": Decimal("1.00001")}, "rate_override"),
        ({"override_unit": "year"}, "override_unit"),
        ({"ends_on": date(2025, 12, 31)}, "ends_on"),
    ],
)
def test_an_assignment_that_cannot_be_is_refused(wrong: dict[str, Any], field: str) -> None:
    project, worker = running(), employed()
    before = state()
    with pytest.raises(Invalid) as refusal:
        assigned(project, worker, **wrong)
    assert (refusal.value.field, state()) == (field, before)


def test_only_who_sets_prices_agrees_one() -> None:
    project, worker = running(), employed()
    manager = Actor.of(manager_of(project))
    before = state()
    with pytest.raises(Forbidden):
        assigned(project, worker, by=manager, rate_override=Decimal(205))
    assert state() == before
    assignment = assigned(project, worker, by=manager)
    change_assignment(assignment.pk, allocation_percent=Decimal(50), actor=manager)
    before = state()
    with pytest.raises(Forbidden):
        change_assignment(assignment.pk, rate_override=Decimal(205), actor=manager)
    with pytest.raises(NotYourProject):
        change_assignment(
            assignment.pk, allocation_percent=Decimal(60), actor=Actor.of(person("project_manager"))
        )
    assert state() == before


def test_an_agreed_price_changes_for_all_its_days() -> None:
    assignment = assigned(running(), employed())
    changed = change_assignment(assignment.pk, rate_override=Decimal(205), actor=planner())
    assert changed.rate_override == Decimal(205)
    assert told()[-1] == ("resource.changed", about(assignment) | {"fields": ["rate_override"]})


def test_what_would_end_before_it_began_is_cancelled() -> None:
    assignment = assigned(running(), employed())
    cancelled = release_worker(assignment.pk, ends_on=date(2025, 12, 31), actor=planner())
    assert cancelled.status == "cancelled"
    assert told()[-1] == ("resource.released", about(assignment) | {"cancelled": True})
    before = state()
    with pytest.raises(IllegalMove):
        release_worker(assignment.pk, ends_on=date(2026, 2, 1), actor=planner())
    assert state() == before


def test_a_release_never_makes_an_assignment_longer() -> None:
    assignment = assigned(running(), employed(), ends_on=date(2026, 1, 31))
    before = state()
    with pytest.raises(Invalid):
        release_worker(assignment.pk, ends_on=date(2026, 2, 28), actor=planner())
    assert state() == before
