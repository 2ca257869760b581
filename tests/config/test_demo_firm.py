"""The demo firm as it is described, before anything is loaded."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest

from config.demo.calendar import DemoCalendar, Month
from config.demo.firm import agreements, exchange, staff
from config.demo.firm.people import PEOPLE
from config.demo.firm.projects import projects
from config.demo.firm.tables import table
from config.demo.firm.work import Row, WorkPlan
from core.models import Role

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return list(WorkPlan(DemoCalendar(TODAY)).rows())


def test_the_firm_has_the_promised_size(rows: list[Row]) -> None:
    assert len(table("customers")) == 12
    assert len(agreements.contracts()) == 20
    assert len(staff.workers()) == 40
    assert len(rows) >= 20_000
    assert rows[0]["work_date"] == "2026-05-18"
    assert max(row["work_date"] for row in rows) < TODAY.isoformat()


def test_there_is_one_person_per_role() -> None:
    assert sorted(person.role for person in PEOPLE) == sorted(Role.values)
    assert len({person.username for person in PEOPLE}) == len(PEOPLE)


def test_everybody_is_on_two_projects_and_has_a_name_of_their_own() -> None:
    teams = Counter(code for project in projects() for code in project.team)
    assert teams == {worker.code: 2 for worker in staff.workers()}
    assert len({worker.name for worker in staff.workers()}) == 40


def test_two_calls_give_the_same_work(rows: list[Row]) -> None:
    assert list(WorkPlan(DemoCalendar(TODAY)).rows()) == rows


def test_no_day_has_more_than_twelve_hours(rows: list[Row]) -> None:
    days: Counter[tuple[str, str]] = Counter()
    for row in rows:
        days[row["worker"], row["work_date"]] += Decimal(row["hours"])  # type: ignore[assignment]
    assert max(days.values()) <= 12
    assert len({row["source_key"] for row in rows}) == len(rows)


def test_each_pair_of_currencies_has_one_rate_a_day_in_both_directions() -> None:
    first, last = date(2026, 3, 1), TODAY
    pairs: dict[tuple[str, str], list[exchange.RateSpec]] = {}
    for rate in exchange.rates(first, last):
        pairs.setdefault((rate.base, rate.quote), []).append(rate)
    assert len(pairs) == 6
    for series in pairs.values():
        assert series[0].published_on == first
        assert [rate.until for rate in series] == [*(rate.published_on for rate in series[1:]), None]


@pytest.mark.parametrize(
    ("today", "open_month", "cut_off"),
    [
        (date(2026, 11, 20), date(2026, 11, 1), date(2026, 11, 20)),
        (date(2026, 11, 17), date(2026, 10, 1), date(2026, 10, 31)),
        (date(2027, 1, 3), date(2026, 12, 1), date(2026, 12, 31)),
        (date(2028, 2, 29), date(2028, 2, 1), date(2028, 2, 29)),
    ],
)
def test_the_month_being_billed_has_enough_approved_work(
    today: date, open_month: date, cut_off: date
) -> None:
    calendar = DemoCalendar(today)
    assert (calendar.open_month.first, calendar.cut_off) == (open_month, cut_off)
    assert calendar.approved_until - open_month >= timedelta(days=3)
    assert calendar.billed_months[-1] == calendar.last_billed
    assert Month.of(calendar.first_day) == calendar.billed_months[0]


def test_runs_have_been_monthly_only_lately() -> None:
    months = [month.first.month for month in DemoCalendar(TODAY).cut_offs]
    assert months == [7, 8, 9, 10]
