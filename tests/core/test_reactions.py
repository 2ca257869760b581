"""Reactions: owed with the event, run once, retried with patience, given up in the open."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from core import reactions
from core.actors import Actor
from core.correlation import correlated, correlation_id
from core.event_types import ExceptionCommented, ExceptionReopened
from core.events import Happening, record_all
from core.models import Event, ExceptionItem, Reaction
from core.verbs import acting

SYSTEM = Actor.system("test")
NAME = f"{__name__}.handler"
pytestmark = pytest.mark.django_db


class Handler:
    """Remembers what it was given; fails on demand."""

    def __init__(self) -> None:
        self.seen: list[list[str]] = []
        self.correlations: list[str] = []
        self.broken = False

    def __call__(self, events: list[Event]) -> None:
        self.seen.append([str(event.payload["number"]) for event in events])
        self.correlations.append(correlation_id())
        if self.broken:
            raise RuntimeError("broken")


@pytest.fixture
def handler(monkeypatch: pytest.MonkeyPatch) -> Iterator[Handler]:
    made = Handler()
    monkeypatch.setitem(reactions._HANDLERS, NAME, made)
    monkeypatch.setitem(reactions._BY_TYPE, "exception.commented", [NAME])
    yield made


def happen(*numbers: str) -> None:
    with acting(SYSTEM):
        record_all(Happening("test.thing", uuid4(), ExceptionCommented(number, "x")) for number in numbers)


def make_due() -> None:
    Reaction.objects.filter(state="pending").update(available_at=timezone.now() - timedelta(seconds=1))


def test_a_handler_gets_its_events_once_and_in_order(handler: Handler) -> None:
    happen("1", "2")
    happen("3")
    with acting(SYSTEM):
        record_all([Happening("test.thing", uuid4(), ExceptionReopened("other", "x"))])
    assert reactions.run_reactions() == 3
    assert reactions.run_reactions() == 0
    assert handler.seen == [["1", "2", "3"]]
    assert set(Reaction.objects.values_list("state", flat=True)) == {"done"}


def test_the_correlation_of_the_event_goes_on(handler: Handler) -> None:
    with correlated("request-0001"):
        happen("1")
    reactions.run_reactions()
    assert handler.correlations == ["request-0001"]


def test_a_failure_waits_longer_each_time_and_keeps_its_error(handler: Handler) -> None:
    handler.broken = True
    happen("1")
    waits = []
    for _ in range(3):
        make_due()
        assert reactions.run_reactions() == 0
        reaction = Reaction.objects.get()
        waits.append(round((reaction.available_at - timezone.now()).total_seconds()))
    assert waits == [10, 20, 40]
    assert (reaction.state, reaction.attempts, reaction.error) == ("pending", 3, "RuntimeError: broken")
    handler.broken = False
    make_due()
    assert (reactions.run_reactions(), Reaction.objects.get().state) == (1, "done")


def test_what_is_given_up_becomes_an_exception_somebody_owns(handler: Handler) -> None:
    handler.broken = True
    happen("1")
    for _ in range(reactions.GIVE_UP_AFTER):
        make_due()
        reactions.run_reactions()
    item = ExceptionItem.objects.get()
    assert Reaction.objects.get().state == "dead"
    assert (item.code, item.kind, item.team) == ("reaction_failed", "technical", "integration_support")


def test_a_broker_that_is_away_costs_no_data(handler: Handler, settings: object) -> None:
    reactions.wake("core.tasks.run_reactions")
    happen("1")
    assert reactions.run_reactions() == 1


def test_one_event_that_fails_does_not_hold_back_the_others(
    handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    happen("EX-1", "EX-2", "EX-3")
    done: list[str] = []

    def fussy(events: list[Event]) -> None:
        for event in events:
            if event.payload["number"] == "EX-2":
                raise ValueError("not this one")
            done.append(event.payload["number"])

    monkeypatch.setitem(reactions._HANDLERS, NAME, fussy)
    reactions.run_reactions()
    assert done[-2:] == ["EX-1", "EX-3"]
    waiting = Reaction.objects.filter(handler=NAME).exclude(state="done")
    assert [(row.event.payload["number"], row.attempts) for row in waiting] == [("EX-2", 1)]
