"""Missing time: employed, assigned, and fewer hours than the week's capacity."""

from datetime import date
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateRange

from core.models import Role
from projects.models import Assignment
from tests.personas import person
from tests.timesheets.builders import MONDAY, Firm, row, take_in
from timesheets.queries.missing import MissingWeek, missing_time

NEXT = date(2026, 11, 9)


def found(firm: Firm, user: object = None) -> list[MissingWeek]:
    return missing_time(user or firm.manager, MONDAY, NEXT)  # type: ignore[arg-type]


def week(monday: date, recorded: str, unsubmitted: str) -> MissingWeek:
    hours = Decimal(recorded), Decimal(unsubmitted)
    return MissingWeek("ANNA", "Worker ANNA", monday, Decimal("37.50"), *hours)


def test_weeks_below_capacity_are_missing(firm: Firm) -> None:
    take_in(firm.consultant, row("1", hours="8"), submit=True)
    take_in(firm.consultant, row("2", hours="2"))
    assert found(firm) == [week(MONDAY, "10", "2"), week(NEXT, "0", "0")]
    assert found(firm)[0].missing == Decimal("27.50")


def test_a_full_week_is_missing_while_it_is_not_submitted(firm: Firm) -> None:
    rows = [row(str(day), work_date=f"2026-11-0{day}", hours="7.5") for day in range(2, 7)]
    take_in(firm.consultant, *rows)
    assert found(firm)[0] == week(MONDAY, "37.5", "37.5")
    take_in(firm.consultant, *rows, submit=True)
    assert [one.week for one in found(firm)] == [NEXT]


def test_nothing_is_due_without_an_assignment(firm: Firm) -> None:
    Assignment.objects.update(valid=DateRange(date(2026, 1, 1), NEXT))
    assert [one.week for one in found(firm)] == [MONDAY]


def test_it_is_told_only_within_reach(firm: Firm) -> None:
    assert len(found(firm, firm.consultant)) == 2
    assert found(firm, person(Role.CONSULTANT, entity=firm.entity)) == []
    assert found(firm, person(Role.PROJECT_MANAGER, entity=firm.entity)) == []
    assert len(found(firm, firm.pmo)) == 2
