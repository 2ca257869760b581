"""Workers and what they are employed as, on which days."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from core.actors import Actor
from core.errors import Forbidden, Invalid, Stale
from core.models import Event, User
from projects.actions.workers import (
    NotEmployed,
    change_worker,
    create_worker,
    end_employment,
    set_employment,
)
from projects.models import Employment, Worker
from tests.contracts.builders import told
from tests.factories import DeliveryRoleFactory, LegalEntityFactory, RegionFactory, WorkerFactory
from tests.personas import person
from tests.projects.builders import employed, planner

pytestmark = pytest.mark.django_db
FIRST = date(2026, 1, 1)


def employments() -> list[tuple[Any, ...]]:
    """Return practice, first day and first day after of every employment."""
    rows: list[Any] = list(Employment.objects.order_by("worker", "valid"))
    return [(row.practice, row.valid.lower, row.valid.upper) for row in rows]


def terms(**fields: Any) -> dict[str, Any]:
    return {
        "legal_entity_id": LegalEntityFactory.create().pk,
        "role_id": DeliveryRoleFactory.create().pk,
        "region_id": RegionFactory.create().pk,
        "capacity_hours": Decimal("37.5"),
        **fields,
    }


def test_a_worker_is_entered_and_changed(pmo: User) -> None:
    worker = create_worker(name="Ada Byron", actor=Actor.of(pmo))
    changed = change_worker(worker.pk, email="ada@example.com", actor=Actor.of(pmo), expected_version=1)
    assert told() == [
        ("worker.created", {"code": worker.code, "name": "Ada Byron", "kind": "employee"}),
        ("worker.changed", {"code": worker.code, "fields": ["email"]}),
    ]
    assert changed.email == "ada@example.com"
    with pytest.raises(Stale):
        change_worker(worker.pk, email="x@example.com", actor=Actor.of(pmo), expected_version=1)
    with pytest.raises(Invalid):
        change_worker(worker.pk, email="no address", actor=Actor.of(pmo))
    assert (Worker.objects.get().email, len(told())) == ("ada@example.com", 2)


def test_project_managers_enter_no_workers(project_manager: User) -> None:
    before = Worker.objects.count()
    with pytest.raises(Forbidden):
        create_worker(name="Ada Byron", actor=Actor.of(project_manager))
    assert (Worker.objects.count(), told()) == (before, [])


def test_a_move_ends_the_former_employment_the_day_before() -> None:
    worker = employed(practice="data")
    london = LegalEntityFactory.create()
    set_employment(
        worker.pk,
        starts_on=date(2026, 4, 1),
        actor=planner(),
        **terms(practice="cloud", legal_entity_id=london.pk),
    )
    assert employments() == [
        ("data", FIRST, date(2026, 4, 1)),
        ("cloud", date(2026, 4, 1), None),
    ]
    assert told("employment.changed")[1] == (
        "employment.changed",
        {
            "worker_id": str(worker.pk),
            "worker_code": worker.code,
            "employer_id": str(london.pk),
            "starts_on": "2026-04-01",
            "ends_on": None,
        },
    )


def test_a_secondment_leaves_the_days_around_it() -> None:
    worker = employed(practice="data")
    set_employment(
        worker.pk,
        starts_on=date(2026, 3, 1),
        ends_on=date(2026, 3, 31),
        actor=planner(),
        **terms(practice="cloud"),
    )
    assert employments() == [
        ("data", FIRST, date(2026, 3, 1)),
        ("cloud", date(2026, 3, 1), date(2026, 4, 1)),
        ("data", date(2026, 4, 1), None),
    ]
    assert not Employment.history.filter(history_type="-").exists()


def test_a_leaver_has_no_employment_afterwards() -> None:
    worker = employed()
    end_employment(worker.pk, ends_on=date(2026, 6, 30), actor=planner())
    assert employments() == [("", FIRST, date(2026, 7, 1))]
    assert told()[-1] == (
        "employment.changed",
        {
            "worker_id": str(worker.pk),
            "worker_code": worker.code,
            "employer_id": None,
            "starts_on": "2026-07-01",
            "ends_on": None,
        },
    )
    before = (employments(), len(told()))
    with pytest.raises(NotEmployed):
        end_employment(worker.pk, ends_on=date(2026, 6, 30), actor=planner())
    assert (employments(), len(told())) == before


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"capacity_hours": Decimal(169)}, "capacity_hours"),
        ({"capacity_hours": Decimal(-1)}, "capacity_hours"),
        ({"cost_rate": Decimal(80)}, "cost_rate"),
        ({"cost_rate": Decimal(-1), "cost_currency_id": "GBP"}, "cost_rate"),
        ({"ends_on": date(2025, 12, 31)}, "ends_on"),
        ({"practice": "x" * 41}, "practice"),
    ],
)
def test_an_employment_that_cannot_be_is_refused(wrong: dict[str, Any], field: str) -> None:
    worker = employed(practice="data")
    before = (employments(), len(told()))
    with pytest.raises(Invalid) as refusal:
        set_employment(worker.pk, actor=planner(), **terms(**{"starts_on": FIRST, **wrong}))
    assert (refusal.value.field, employments(), len(told())) == (field, *before)


def test_nobody_is_their_own_manager() -> None:
    worker = employed()
    with pytest.raises(Invalid):
        set_employment(worker.pk, starts_on=FIRST, actor=planner(), **terms(manager_id=worker.pk))


def test_an_employment_is_not_taken_from_another_entity() -> None:
    worker = employed(practice="data")
    mine = LegalEntityFactory.create()
    before = (employments(), len(told()))
    with pytest.raises(Forbidden):
        set_employment(
            worker.pk,
            starts_on=FIRST,
            actor=Actor.of(person("pmo", entity=mine)),
            **terms(legal_entity_id=mine.pk),
        )
    assert (employments(), len(told())) == before


class Dating(TestCase):
    """Any sequence of employments leaves at most one a day: the one said last."""

    @given(
        steps=st.lists(
            st.tuples(
                st.integers(0, 9), st.none() | st.integers(0, 9), st.sampled_from(["data", "cloud", ""])
            ),
            max_size=6,
        )
    )
    @hypothesis_settings(max_examples=25)
    def test_each_day_has_what_was_said_last(self, steps: list[tuple[int, int | None, str]]) -> None:
        worker, author, replay = WorkerFactory.create(), planner(), dict[int, str]()
        values = terms()
        for start, length, practice in steps:
            starts_on = FIRST + timedelta(days=start)
            days = range(start, 20 if length is None else start + length + 1)
            if practice:
                last = None if length is None else starts_on + timedelta(days=length)
                set_employment(
                    worker.pk, starts_on=starts_on, ends_on=last, actor=author, **values, practice=practice
                )
                replay |= dict.fromkeys(days, practice)
            elif any(day >= start for day in replay):
                end_employment(worker.pk, ends_on=starts_on - timedelta(days=1), actor=author)
                replay = {day: held for day, held in replay.items() if day < start}
        rows: list[Any] = list(Employment.objects.filter(worker=worker))
        for day in range(20):
            held = [row.practice for row in rows if FIRST + timedelta(days=day) in row.valid]
            assert held == ([replay[day]] if day in replay else [])
        assert Event.objects.filter(type="employment.changed").count() >= bool(rows)
