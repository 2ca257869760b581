"""The page of accounting months, and the ribbon that tells on every page how far the month is."""

from datetime import date
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import RequestFactory

from core.models import AccountingPeriod, Role, User
from core.navigation import months_to_show, period_ribbon
from core.presentation.context import Shell
from core.presentation.navigation import PeriodChoice, PeriodRibbon
from tests.factories import AccountingPeriodFactory, LegalEntityFactory
from tests.personas import page_client, person

URL = "/periods/"


def words(user: User, **asked: str) -> str:
    return " ".join(page_client(user).get(URL, asked).content.decode().split())


def ribbon_of(user: User, **asked: str) -> PeriodRibbon | None:
    request: HttpRequest = RequestFactory().get("/", asked)
    request.user = user
    return Shell(request).period


def test_the_months_of_own_entities_are_listed_and_one_can_be_asked_for(db: None) -> None:
    mine, other = LegalEntityFactory.create(name="Mine"), LegalEntityFactory.create(name="Other")
    for month in (10, 11):
        AccountingPeriodFactory.create(legal_entity=mine, month=date(2026, month, 1))
    AccountingPeriodFactory.create(legal_entity=other)
    user = person(Role.FINANCE, entity=mine)
    page = words(user)
    assert ("Other" in page, page.count('<td data-label="Legal entity">Mine</td>')) == (False, 2)
    one = words(user, period="2026-10")
    assert ("October 2026" in one, one.count('<td data-label="Legal entity">Mine</td>')) == (True, 1)


def test_a_month_is_closed_by_one_and_reopened_by_another(finance: User, finance_lead: User) -> None:
    period = AccountingPeriodFactory.create()
    page_client(finance).post(f"{URL}{period.pk}/close/")
    period.refresh_from_db()
    assert (period.state, period.closed_by) == ("closed", finance)
    assert page_client(finance).post(f"{URL}{period.pk}/reopen/", {"reason": "x"}).status_code == 403
    lead = page_client(finance_lead)
    assert "Say why the month must be opened again." in str(
        lead.post(f"{URL}{period.pk}/reopen/", {"reason": ""}, follow=True).content.decode()
    )
    assert AccountingPeriod.objects.get().state == "closed"
    lead.post(f"{URL}{period.pk}/reopen/", {"reason": "A late credit"})
    assert AccountingPeriod.objects.get().state == "reopened"


def test_only_months_that_began_offer_their_close_and_only_to_those_who_may(
    finance: User, executive: User
) -> None:
    begun = AccountingPeriodFactory.create(month=date(2026, 1, 1))
    to_come = AccountingPeriodFactory.create(month=date(2199, 1, 1))
    page = words(finance)
    assert (f"{URL}{begun.pk}/close/" in page, f"{URL}{to_come.pk}/close/" in page) == (True, False)
    assert "/close/" not in words(executive)


def test_a_month_that_is_none_shows_all(finance: User) -> None:
    AccountingPeriodFactory.create()
    assert "November 2026" in words(finance, period="2026-13")


def test_consultants_see_no_periods(consultant: User) -> None:
    assert page_client(consultant).get(URL).status_code == 403
    assert ribbon_of(consultant) is None


def test_the_ribbon_tells_the_month_of_the_address(finance: User) -> None:
    entity = LegalEntityFactory.create()
    AccountingPeriodFactory.create(legal_entity=entity, month=date(2026, 8, 1), state="closed")
    AccountingPeriodFactory.create(legal_entity=entity, month=date(2026, 9, 1), state="closed")
    AccountingPeriodFactory.create(month=date(2026, 9, 1))
    assert ribbon_of(finance, period="2026-09") == PeriodRibbon(
        label="September 2026",
        cutoff="30 Sep 2026",
        closed=False,
        close_done=1,
        close_total=2,
        close_href="/periods/?period=2026-09",
        choices=(
            PeriodChoice("September 2026", "?period=2026-09", True),
            PeriodChoice("August 2026", "?period=2026-08", False),
        ),
    )
    closed: Any = ribbon_of(finance, period="2026-08")
    assert (closed.closed, closed.close_done, closed.close_total) == (True, 1, 1)


@pytest.mark.parametrize("asked", ["", "2026-13", "nonsense"])
def test_without_a_month_the_ribbon_tells_todays(finance: User, asked: str) -> None:
    request = RequestFactory().get("/", {"period": asked})
    request.user = finance
    today = period_ribbon(request, [])
    assert (today.close_total, today.choices, today.closed) == (0, (), False)
    assert months_to_show(request) is not None
