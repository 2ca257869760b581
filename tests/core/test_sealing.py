"""The sealed log: whoever changes it, whatever rights they have, is found out."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.utils import ProgrammingError
from django.utils import timezone
from pytest_django.fixtures import Settings

from core.actors import Actor
from core.event_types import ExceptionCommented
from core.events import Happening, record_all
from core.identifiers import uuid7
from core.models import Event, EventSeal, ExceptionItem, SealedEvent
from core.schedules import verify_log as nightly
from core.sealing.digests import EVENT_DIGEST
from core.sealing.seal import seal_log
from core.sealing.verify import verify_log
from core.verbs import acting
from tests.databases import Databases

SYSTEM = Actor.system("test")
AGGREGATE = "core.exceptionitem"


def happen(count: int) -> list[Event]:
    """Record events of one aggregate each."""
    with acting(SYSTEM):
        record_all(Happening(AGGREGATE, uuid7(), ExceptionCommented("EX-1", f"no {n}")) for n in range(count))
    return list(Event.objects.order_by("seq"))


def sentences() -> list[str]:
    return [finding.sentence for finding in verify_log().findings]


class Superuser:
    """Somebody who may write anything in the database, past every guard."""

    def __init__(self, databases: Databases) -> None:
        name = str(connection.settings_dict["NAME"])
        self._connection = databases.server.connect(name)
        self._connection.execute("SET session_replication_role = replica")

    def does(self, statement: str, values: tuple[Any, ...] = ()) -> None:
        self._connection.execute(statement, values)

    def leaves(self) -> None:
        self._connection.close()


@pytest.fixture
def superuser(transactional_db: None, databases: Databases) -> Iterator[Superuser]:
    built = Superuser(databases)
    yield built
    built.leaves()


@pytest.mark.django_db
def test_every_event_is_sealed_once_and_the_chain_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.sealing.seal.BATCH", 4)
    happen(5)
    assert (seal_log(), seal_log()) == (5, 0)
    happen(1)
    assert seal_log() == 1
    assert list(EventSeal.objects.values_list("number", "events")) == [(1, 4), (2, 1), (3, 1)]
    assert SealedEvent.objects.count() == Event.objects.count() == 6
    verdict = verify_log()
    assert (verdict.findings, verdict.seals, verdict.events) == ((), 3, 6)
    assert verdict.root == EventSeal.objects.get(number=3).root


@pytest.mark.django_db
def test_sealing_an_empty_log_makes_no_seal() -> None:
    assert seal_log() == 0
    assert not EventSeal.objects.exists()
    assert verify_log().findings == ()


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["core_eventseal", "core_sealedevent"])
def test_the_app_cannot_change_a_seal(table: str) -> None:
    happen(1)
    seal_log()
    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")


def test_a_changed_event_is_named(superuser: Superuser) -> None:
    changed = happen(3)[1]
    seal_log()
    superuser.does(
        """UPDATE core_event SET payload = '{"number": "EX-1", "comment": "fine"}' WHERE seq = %s""",
        (changed.seq,),
    )
    assert sentences() == [
        f"Event {changed.seq} (exception.commented, {AGGREGATE} {changed.aggregate_id}) "
        "is not what it was when seal 1 was put on it."
    ]


def test_a_removed_event_is_named(superuser: Superuser) -> None:
    removed = happen(2)[0]
    seal_log()
    superuser.does("DELETE FROM core_event WHERE seq = %s", (removed.seq,))
    assert sentences() == [f"Event {removed.seq} is gone: it was there when seal 1 was put on it."]


def test_a_forged_digest_breaks_the_seal_that_covers_it(superuser: Superuser) -> None:
    changed = happen(1)[0]
    seal_log()
    happen(1)
    seal_log()
    superuser.does("UPDATE core_event SET actor = 'user:nobody' WHERE seq = %s", (changed.seq,))
    superuser.does(
        f"UPDATE core_sealedevent s SET digest = {EVENT_DIGEST} FROM core_event e WHERE e.seq = s.event_id"
    )
    assert sentences() == ["Seal 1 does not hold: its events, digests or signature were changed."]


def test_a_seal_taken_out_is_missed(superuser: Superuser) -> None:
    for _ in range(2):
        happen(1)
        seal_log()
    superuser.does("DELETE FROM core_sealedevent WHERE seal_id = 1")
    superuser.does("DELETE FROM core_eventseal WHERE number = 1")
    assert sentences() == ["Seal 1 is missing from the chain."]


def test_a_log_cut_off_at_its_end_is_shown_by_a_root_kept_elsewhere(superuser: Superuser) -> None:
    happen(1)
    seal_log()
    happen(1)
    seal_log()
    kept = (2, verify_log().root)
    assert verify_log(kept=kept).findings == ()
    for statement in ("core_sealedevent WHERE seal_id = 2", "core_eventseal WHERE number = 2"):
        superuser.does(f"DELETE FROM {statement}")
    superuser.does("DELETE FROM core_event WHERE seq = (SELECT max(seq) FROM core_event)")
    assert verify_log().findings == ()
    assert [finding.sentence for finding in verify_log(kept=kept).findings] == [
        f"Seal 2 with the root {kept[1][:12]}… is not in the chain: the log was cut or replaced."
    ]


@pytest.mark.django_db
def test_an_old_key_verifies_and_an_unknown_one_is_said(settings: Settings) -> None:
    settings.SEAL_KEYS = ["old"]
    happen(1)
    seal_log()
    settings.SEAL_KEYS = ["new", "old"]
    happen(1)
    seal_log()
    assert sentences() == []
    settings.SEAL_KEYS = ["new"]
    name = EventSeal.objects.get(number=1).key_id
    assert sentences() == [f"Seal 1 was signed with a key ({name}) that is not configured."]


def test_the_command_tells_and_fails(superuser: Superuser) -> None:
    changed = happen(1)[0]
    out, errors = io.StringIO(), io.StringIO()
    call_command("verify_log", stdout=out)
    root = EventSeal.objects.get().root
    assert out.getvalue().splitlines() == [
        "The event log holds: 0 events under 0 seals, 1 sealed now.",
        f"Keep this outside of the database: 1:{root}",
    ]
    superuser.does("UPDATE core_event SET reason = 'other' WHERE seq = %s", (changed.seq,))
    with pytest.raises(CommandError, match="does not hold: 1 finding"):
        call_command("verify_log", stderr=errors)
    assert f"Event {changed.seq} " in errors.getvalue()
    with pytest.raises(CommandError, match="as this command prints them"):
        call_command("verify_log", kept="two")


def test_a_broken_log_is_somebodys_task_until_it_holds_again(superuser: Superuser) -> None:
    changed = happen(1)[0]
    seal_log()
    superuser.does("UPDATE core_event SET reason = 'other' WHERE seq = %s", (changed.seq,))
    assert "1 finding" in nightly(timezone.now())
    item = ExceptionItem.objects.get()
    assert (item.code, item.team, item.state) == ("log_broken", "integration_support", "open")
    assert f"Event {changed.seq} " in item.evidence["sentence"]
    superuser.does("UPDATE core_event SET reason = '' WHERE seq = %s", (changed.seq,))
    assert nightly(timezone.now()).startswith("The log holds")
    item.refresh_from_db()
    assert (item.state, item.resolution) == ("resolved", "The event log holds.")
