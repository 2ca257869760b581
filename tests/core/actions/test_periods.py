"""Months are closed in their order and reopened by somebody else."""

from datetime import date

import pytest

from core.actions.periods import close_period, reopen_period
from core.actors import Actor
from core.errors import Refusal
from core.models import AccountingPeriod, Event, LegalEntity, Role, User
from tests.factories import AccountingPeriodFactory, LegalEntityFactory
from tests.personas import person


@pytest.fixture
def entity(db: None) -> LegalEntity:
    return LegalEntityFactory.create(code="UK01")


@pytest.fixture
def october(entity: LegalEntity) -> AccountingPeriod:
    return AccountingPeriodFactory.create(legal_entity=entity, month=date(2026, 10, 1))


def test_closing_keeps_who_closed(finance: User, october: AccountingPeriod) -> None:
    closed = close_period(october.pk, actor=Actor.of(finance))
    assert (closed.state, closed.closed_by) == ("closed", finance)
    event = Event.objects.get()
    assert (event.type, event.payload) == (
        "period.closed",
        {"legal_entity": "UK01", "month": "2026-10-01"},
    )


def test_closing_twice_records_once(finance: User, october: AccountingPeriod) -> None:
    close_period(october.pk, actor=Actor.of(finance))
    close_period(october.pk, actor=Actor.of(person(Role.FINANCE)))
    october.refresh_from_db()
    assert (october.closed_by, Event.objects.count()) == (finance, 1)


def test_a_month_is_not_closed_before_the_one_before(finance: User, october: AccountingPeriod) -> None:
    november = AccountingPeriodFactory.create(legal_entity=october.legal_entity, month=date(2026, 11, 1))
    with pytest.raises(Refusal) as refusal:
        close_period(november.pk, actor=Actor.of(finance))
    november.refresh_from_db()
    assert (refusal.value.code, november.state, Event.objects.count()) == ("earlier_month_open", "open", 0)


def test_the_closer_does_not_reopen(finance_lead: User, october: AccountingPeriod) -> None:
    close_period(october.pk, actor=Actor.of(finance_lead))
    with pytest.raises(Refusal) as refusal:
        reopen_period(october.pk, reason="Late invoice", actor=Actor.of(finance_lead))
    october.refresh_from_db()
    assert (refusal.value.code, october.state) == ("separation_of_duties", "closed")


def test_another_person_reopens_with_a_reason(
    finance: User, finance_lead: User, october: AccountingPeriod
) -> None:
    close_period(october.pk, actor=Actor.of(finance))
    with pytest.raises(Refusal) as refusal:
        reopen_period(october.pk, reason=" ", actor=Actor.of(finance_lead))
    assert refusal.value.code == "reason_missing"
    reopened = reopen_period(october.pk, reason="Late invoice", actor=Actor.of(finance_lead))
    assert reopened.state == "reopened"
    last = Event.objects.order_by("-seq")[0]
    assert (last.type, last.reason) == ("period.reopened", "Late invoice")


def test_only_finance_of_the_entity_closes(october: AccountingPeriod) -> None:
    outsider = person(Role.FINANCE, entity=LegalEntityFactory.create())
    with pytest.raises(Refusal) as refusal:
        close_period(october.pk, actor=Actor.of(outsider))
    assert (refusal.value.code, Event.objects.count()) == ("forbidden", 0)
