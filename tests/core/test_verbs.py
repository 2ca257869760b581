"""The frame of a verb: one transaction, one actor, no silent write, no verb inside a verb."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.utils import InternalError

from core.actors import Actor
from core.correlation import correlated
from core.errors import Invalid
from core.event_types import ExceptionCommented
from core.events import Happening, record, record_all
from core.models import Event, User
from core.states import PERIOD, IllegalMove, all_tables
from core.verbs import VerbError, acting, active_verb, reading, verb
from projects.models import Worker
from tests.factories import UserFactory, WorkerFactory

SYSTEM = Actor.system("test")
pytestmark = pytest.mark.django_db


@verb
def rename(worker: Worker, *, actor: Actor, reason: str = "", silent: bool = False) -> str | None:
    Worker.objects.filter(pk=worker.pk).update(name="After")
    if not silent:
        record(worker, ExceptionCommented("W", "renamed"))
    return active_verb()


@verb
def renames_by_another(worker: Worker, *, actor: Actor) -> Any:
    return rename(worker, actor=actor)


@verb
def refuses(worker: Worker, *, actor: Actor) -> None:
    Worker.objects.filter(pk=worker.pk).update(name="After")
    raise Invalid("No.")


def test_history_and_event_carry_actor_reason_and_correlation() -> None:
    worker, user = WorkerFactory.create(), UserFactory.create()
    with correlated("request-0001"):
        assert rename(worker, actor=Actor.of(user), reason="Married") == "rename"
    event, row = Event.objects.get(), worker.history.latest()
    assert (event.actor, event.reason, event.correlation_id) == (f"user:{user.pk}", "Married", "request-0001")
    assert (row.history_user_id, row.history_change_reason, row.correlation_id) == (
        f"user:{user.pk}",
        "Married",
        "request-0001",
    )
    assert row.history_user == user
    assert active_verb() is None


def test_a_write_without_an_event_is_rolled_back() -> None:
    worker = WorkerFactory.create(name="Before")
    with pytest.raises(VerbError, match="recorded no event"), transaction.atomic():
        rename(worker, actor=SYSTEM, silent=True)
    worker.refresh_from_db()
    assert worker.name == "Before"


def test_verbs_never_call_verbs_and_always_have_an_actor() -> None:
    worker = WorkerFactory.create(name="Before")
    with pytest.raises(VerbError, match="inside the verb"):
        renames_by_another(worker, actor=SYSTEM)
    with pytest.raises(VerbError, match="needs an actor"):
        rename(worker, actor="me")  # type: ignore[arg-type]
    worker.refresh_from_db()
    assert (worker.name, active_verb(), Event.objects.count()) == ("Before", None, 0)


def test_a_refusal_rolls_the_verb_back_and_leaves_the_outer_transaction_alone() -> None:
    worker = WorkerFactory.create(name="Before")
    with transaction.atomic():
        UserFactory.create(username="stays")
        with pytest.raises(Invalid):
            refuses(worker, actor=SYSTEM)
    worker.refresh_from_db()
    assert (worker.name, User.objects.filter(username="stays").exists()) == ("Before", True)


def test_events_of_an_aggregate_are_numbered_without_holes() -> None:
    one, two = uuid4(), uuid4()
    with acting(SYSTEM):
        record_all(Happening("test.thing", key, ExceptionCommented("X", "1")) for key in (one, two, one))
        record_all([Happening("test.thing", one, ExceptionCommented("X", "2"))])
        record_all([])
    numbers = {key: list(_numbers(key)) for key in (one, two)}
    assert numbers == {one: [1, 2, 3], two: [1]}


def _numbers(key: Any) -> Any:
    return Event.objects.filter(aggregate_id=key).order_by("seq").values_list("aggregate_seq", flat=True)


def test_only_declared_payloads_are_recorded() -> None:
    with acting(SYSTEM), pytest.raises(TypeError, match="no declared event payload"):
        record_all([Happening("test.thing", uuid4(), {"free": "text"})])


@pytest.mark.django_db(transaction=True)
def test_a_read_cannot_write() -> None:
    with pytest.raises(InternalError, match="read-only"), reading(SYSTEM):
        WorkerFactory.create()
    assert not Worker.objects.exists()


def test_a_move_the_table_does_not_list_is_refused_with_a_sentence() -> None:
    with pytest.raises(IllegalMove) as refusal:
        PERIOD.check("closed", "open", label="October 2026")
    assert refusal.value.sentence == "October 2026 is closed and cannot become open."
    PERIOD.check("closed", "reopened")


def test_every_state_can_be_reached_and_every_table_starts_somewhere() -> None:
    for table in all_tables().values():
        reached = {table.initial}
        for _ in table.moves:
            reached |= {target for state in reached for target in table.moves[state]}
        assert reached == set(table.moves), table.name
