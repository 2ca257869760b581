"""What happened to an object, newest first, in words."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.db.models import Max, Q, QuerySet

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
    """Return the activity of events, newest first; the people are read in one query."""
    rows = list(events[:limit])
    people = people_of(row.actor for row in rows)
    return [Activity(sentence_of(row), row.occurred_at, people.get(row.actor)) for row in rows]


def sentence_of(event: Event) -> str:
    """Return an event in words, with the reason where one was given."""
    plain = event.type.replace(".", " ").replace("_", " ").capitalize()
    described = _SENTENCES.get(event.type)
    sentence = described(event.payload) if described else plain
    return f"{sentence}: {event.reason}" if event.reason and event.reason not in sentence else sentence


def people_of(actors: Iterable[str]) -> dict[str, Person]:
    """Return the people behind actor texts such as `user:<id>`; parts of the system are left out."""
    ids = {text.removeprefix("user:") for text in actors if text.startswith("user:")}
    users = User.objects.filter(Q(pk__in=ids)) if ids else User.objects.none()
    return {f"user:{user.pk}": Person(str(user)) for user in users}
