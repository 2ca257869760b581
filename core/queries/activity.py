"""What happened to an object, newest first, in words."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.db.models import Case, Max, OuterRef, QuerySet, Subquery, TextField, UUIDField, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, NullIf, Substr, Trim

from core.models import Event, User
from core.presentation.parts import Activity, Person

Sentence = Callable[[dict[str, Any]], str]
_SENTENCES: dict[str, Sentence] = {}


def describes(*types: str) -> Callable[[Sentence], Sentence]:
    """Register how an event type reads in a feed; other types read as their name does."""

    def register(sentence: Sentence) -> Sentence:
        _SENTENCES.update(dict.fromkeys(types, sentence))
        return sentence

    return register


def events_of(aggregate_type: str, ids: Iterable[UUID]) -> QuerySet[Event]:
    """Return the events of one or more aggregates of a type, newest first."""
    return Event.objects.filter(aggregate_type=aggregate_type, aggregate_id__in=list(ids)).order_by("-seq")


def newest_events(aggregate_type: str, ids: Iterable[UUID]) -> dict[UUID, int]:
    """Return the number of the newest event of each aggregate."""
    rows = events_of(aggregate_type, ids).order_by().values("aggregate_id").annotate(newest=Max("seq"))
    return {row["aggregate_id"]: row["newest"] for row in rows}


def feed(events: QuerySet[Event], *, limit: int = 50) -> list[Activity]:
    """Return the activity of events, newest first, with the people who acted."""
    return [activity_of(row) for row in with_people(events)[:limit]]


def activity_of(event: Any) -> Activity:
    """Return an event read by `with_people` in words; without a person a part of the system acted."""
    person = Person(event.acted) if event.acted else None
    return Activity(sentence_of(event), event.occurred_at, person)


def with_people(events: QuerySet[Event]) -> QuerySet[Any]:
    """Read with events the names of the people behind actors such as `user:<id>`."""
    # The case keeps the cast from the names of the system's parts, which are no ids.
    person = Cast(Substr(OuterRef("actor"), len("user:") + 1), UUIDField())
    full = NullIf(Trim(Concat("first_name", Value(" "), "last_name")), Value(""))
    names = User.objects.filter(pk=person).values(name=Coalesce(full, "username"))
    acted = Case(When(actor__startswith="user:", then=Subquery(names)), output_field=TextField())
    return events.annotate(acted=acted)


def sentence_of(event: Event) -> str:
    """Return an event in words, with the reason where one was given."""
    plain = event.type.replace(".", " ").replace("_", " ").capitalize()
    described = _SENTENCES.get(event.type)
    sentence = described(event.payload) if described else plain
    return f"{sentence}: {event.reason}" if event.reason and event.reason not in sentence else sentence
