"""Working on exception items: who may, what is recorded, and what refuses to change."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from core.actions.exceptions import (
    assign_exceptions,
    comment_exception,
    reopen_exceptions,
    resolve_exceptions,
    snooze_exceptions,
    waive_exceptions,
)
from core.actions.undoing import NothingToUndo, undo_exception_change
from core.actors import Actor
from core.correlation import correlated
from core.errors import Invalid, NotFound, Refusal
from core.exceptions import Cause, close_exceptions, open_exception
from core.models import Event, ExceptionItem, Role, User
from core.verbs import acting
from tests.factories import ExceptionItemFactory, LegalEntityFactory
from tests.personas import person

TODAY = date(2026, 11, 18)
SYSTEM = Actor.system("pricing")


def stored() -> list[Any]:
    return list(ExceptionItem.objects.order_by("number").values())


def events() -> list[tuple[str, dict[str, Any]]]:
    return [(event.type, event.payload) for event in Event.objects.order_by("seq")]


def cause(**changes: Any) -> Cause:
    facts: dict[str, Any] = {
        "code": "rate_missing",
        "key": "cause:1",
        "title": "No rate",
        "object_type": "contracts.contract",
        "object_id": uuid4(),
        "money_at_risk": Decimal("100.0000"),
        "currency": "GBP",
    }
    return Cause(**{**facts, **changes})


def test_assigning_gives_the_items_to_somebody_and_says_who_had_them(finance: User) -> None:
    colleague = person(Role.FINANCE)
    items = [ExceptionItemFactory.create(), ExceptionItemFactory.create(owner=colleague, state="in_progress")]

    changed = assign_exceptions([item.pk for item in items], owner=finance, actor=Actor.of(finance))

    assert [(item.owner, item.state) for item in changed] == [(finance, "in_progress")] * 2
    assert events() == [
        (
            "exception.assigned",
            {
                "number": item.number,
                "owner_id": str(finance.pk),
                "previous_owner_id": str(item.owner_id) if item.owner_id else None,
                "owner": str(finance),
            },
        )
        for item in items
    ]


def test_giving_back_opens_the_item_for_the_team(finance: User) -> None:
    item = ExceptionItemFactory.create(owner=finance, state="in_progress")
    (changed,) = assign_exceptions([item.pk], owner=None, actor=Actor.of(finance))
    assert (changed.owner, changed.state) == (None, "open")


def test_assigning_what_is_assigned_already_changes_nothing(finance: User) -> None:
    item = ExceptionItemFactory.create(owner=finance, state="in_progress")
    before = stored()
    assign_exceptions([item.pk], owner=finance, actor=Actor.of(finance))
    assert (stored(), events()) == (before, [])


def test_many_items_take_the_same_number_of_statements(finance: User, django_assert_num_queries: Any) -> None:
    one, many = [ExceptionItemFactory.create()], [ExceptionItemFactory.create() for _ in range(30)]
    actor = Actor.of(finance)
    for items in (one, many):
        actor.user.__dict__.pop("_memberships", None)
        with django_assert_num_queries(9):
            assign_exceptions([item.pk for item in items], owner=finance, actor=actor)


@pytest.mark.parametrize("reason", ["", "   "])
def test_closing_needs_a_reason(finance: User, reason: str) -> None:
    item = ExceptionItemFactory.create()
    before = stored()
    for verb in (resolve_exceptions, waive_exceptions, reopen_exceptions):
        with pytest.raises(Invalid) as refusal:
            verb([item.pk], reason=reason, actor=Actor.of(finance))
        assert (refusal.value.code, refusal.value.field) == ("reason_missing", "reason")
    assert (stored(), events()) == (before, [])


def test_resolving_keeps_who_and_why(finance: User) -> None:
    item = ExceptionItemFactory.create()
    (closed,) = resolve_exceptions([item.pk], reason=" Agreed ", actor=Actor.of(finance))
    assert (closed.state, closed.resolution, closed.resolved_by) == (
        "resolved",
        "Agreed",
        f"user:{finance.pk}",
    )
    assert closed.resolved_at is not None
    assert events() == [
        ("exception.resolved", {"number": item.number, "code": "rate_missing", "resolution": "Agreed"})
    ]


def test_one_item_out_of_reach_stops_the_whole_selection(db: None) -> None:
    mine, other = LegalEntityFactory.create(), LegalEntityFactory.create()
    user = person(Role.FINANCE, entity=mine)
    items = [
        ExceptionItemFactory.create(legal_entity=mine),
        ExceptionItemFactory.create(legal_entity=other),
    ]
    before = stored()
    with pytest.raises(NotFound):
        resolve_exceptions([item.pk for item in items], reason="Agreed", actor=Actor.of(user))
    assert (stored(), events()) == (before, [])


def test_readers_do_not_work_on_items(auditor: User) -> None:
    item = ExceptionItemFactory.create()
    before = stored()
    with pytest.raises(Refusal) as refusal:
        resolve_exceptions([item.pk], reason="Agreed", actor=Actor.of(auditor))
    assert (refusal.value.code, stored(), events()) == ("forbidden", before, [])


def test_an_item_is_not_given_to_somebody_who_may_not_work_on_it(finance: User, auditor: User) -> None:
    item = ExceptionItemFactory.create()
    before = stored()
    with pytest.raises(Invalid) as refusal:
        assign_exceptions([item.pk], owner=auditor, actor=Actor.of(finance))
    assert (refusal.value.code, stored(), events()) == ("owner_cannot_work", before, [])


def test_a_closed_item_is_not_assigned(finance: User) -> None:
    item = ExceptionItemFactory.create(resolved=True)
    before = stored()
    with pytest.raises(Refusal) as refusal:
        assign_exceptions([item.pk], owner=finance, actor=Actor.of(finance))
    assert (refusal.value.code, stored(), events()) == ("illegal_state", before, [])


def test_snoozing_needs_a_later_day(finance: User) -> None:
    item = ExceptionItemFactory.create()
    before = stored()
    with pytest.raises(Invalid) as refusal:
        snooze_exceptions([item.pk], until=TODAY, on=TODAY, actor=Actor.of(finance))
    assert (refusal.value.code, stored()) == ("snooze_in_the_past", before)


def test_a_snoozed_item_wakes_when_more_is_at_risk(finance: User) -> None:
    with acting(SYSTEM):
        item = open_exception(cause(), actor=SYSTEM)
    tomorrow = TODAY + timedelta(days=1)
    snooze_exceptions([item.pk], until=tomorrow, on=TODAY, actor=Actor.of(finance))
    with acting(SYSTEM):
        same = open_exception(cause(title="No rate still"), actor=SYSTEM)
    assert (same.pk, same.snoozed_until) == (item.pk, tomorrow)
    with acting(SYSTEM):
        worse = open_exception(cause(money_at_risk=Decimal("100.0100")), actor=SYSTEM)
    assert (worse.pk, worse.snoozed_until) == (item.pk, None)


def test_a_waived_cause_stays_waived_until_more_is_at_risk(finance: User) -> None:
    with acting(SYSTEM):
        item = open_exception(cause(), actor=SYSTEM)
    waive_exceptions([item.pk], reason="Too small", actor=Actor.of(finance))
    with acting(SYSTEM):
        again = open_exception(cause(), actor=SYSTEM)
    assert (again.pk, again.state, ExceptionItem.objects.count()) == (item.pk, "waived", 1)
    with acting(SYSTEM):
        worse = open_exception(cause(money_at_risk=Decimal(101)), actor=SYSTEM)
    assert (worse.state, worse.pk != item.pk) == ("open", True)


def test_the_same_cause_is_refreshed_and_not_doubled(db: None) -> None:
    about = cause()
    with acting(SYSTEM):
        first = open_exception(about, actor=SYSTEM)
        unchanged = open_exception(about, actor=SYSTEM)
        refreshed = open_exception(cause(object_id=about.object_id, money_at_risk=Decimal(80)), actor=SYSTEM)
    assert {first.pk, unchanged.pk, refreshed.pk} == {first.pk}
    assert (refreshed.money_at_risk, refreshed.attempts) == (Decimal(80), 2)
    assert [name for name, _ in events()] == ["exception.opened", "exception.opened"]


def test_a_cause_that_goes_away_closes_its_item(db: None) -> None:
    with acting(SYSTEM):
        item = open_exception(cause(), actor=SYSTEM)
        closed = close_exceptions(["cause:1", "cause:unknown"], actor=SYSTEM, resolution="Priced now")
    item.refresh_from_db()
    assert (closed, item.state, item.resolved_by) == (1, "resolved", "system:pricing")


def test_reopening_is_refused_while_the_cause_has_a_newer_item(finance: User) -> None:
    old = ExceptionItemFactory.create(resolved=True, cause_key="cause:1")
    ExceptionItemFactory.create(cause_key="cause:1")
    before = stored()
    with pytest.raises(Refusal) as refusal:
        reopen_exceptions([old.pk], reason="Not settled", actor=Actor.of(finance))
    assert (refusal.value.code, stored(), events()) == ("cause_open_again", before, [])


def test_a_comment_is_an_event(finance: User) -> None:
    item = ExceptionItemFactory.create()
    comment_exception(item.pk, comment=" Asked the customer ", actor=Actor.of(finance))
    assert events() == [("exception.commented", {"number": item.number, "comment": "Asked the customer"})]
    with pytest.raises(Invalid):
        comment_exception(item.pk, comment=" ", actor=Actor.of(finance))


class TestUndo:
    """What one just did can be taken back, as long as nothing happened since."""

    def test_assignment_snooze_and_resolution_are_restored(self, finance: User) -> None:
        actor = Actor.of(finance)
        item = ExceptionItemFactory.create()
        facts = ("owner_id", "state", "snoozed_until", "resolved_at", "resolved_by", "resolution")
        before = ExceptionItem.objects.values(*facts).get()
        acts: list[Callable[[], object]] = [
            lambda: assign_exceptions([item.pk], owner=finance, actor=actor),
            lambda: snooze_exceptions([item.pk], until=TODAY + timedelta(9), on=TODAY, actor=actor),
            lambda: resolve_exceptions([item.pk], reason="Agreed", actor=actor),
            lambda: waive_exceptions([item.pk], reason="Agreed", actor=actor),
        ]
        for place, act in enumerate(acts):
            with correlated(f"request-{place}"):
                act()
            assert ExceptionItem.objects.values(*facts).get() != before
            undo_exception_change(f"request-{place}", actor=actor, now=timezone.now())
            assert ExceptionItem.objects.values(*facts).get() == before

    def test_only_the_own_change_is_undone(self, finance: User) -> None:
        item = ExceptionItemFactory.create()
        with correlated("request-1"):
            assign_exceptions([item.pk], owner=finance, actor=Actor.of(finance))
        before = stored()
        with pytest.raises(NothingToUndo):
            undo_exception_change("request-1", actor=Actor.of(person(Role.FINANCE)), now=timezone.now())
        assert stored() == before

    def test_nothing_is_undone_after_ten_minutes(self, finance: User) -> None:
        item = ExceptionItemFactory.create()
        with correlated("request-1"):
            assign_exceptions([item.pk], owner=finance, actor=Actor.of(finance))
        later = timezone.now() + timedelta(minutes=11)
        with pytest.raises(NothingToUndo):
            undo_exception_change("request-1", actor=Actor.of(finance), now=later)

    def test_nothing_is_undone_after_a_later_change(self, finance: User) -> None:
        item, actor = ExceptionItemFactory.create(), Actor.of(finance)
        with correlated("request-1"):
            assign_exceptions([item.pk], owner=finance, actor=actor)
        comment_exception(item.pk, comment="Asked", actor=actor)
        before = stored()
        with pytest.raises(NothingToUndo):
            undo_exception_change("request-1", actor=actor, now=timezone.now())
        assert stored() == before
