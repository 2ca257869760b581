"""The databases of the tests themselves: the app role's limits, roll-backs, clones and the network guard."""

import socket
import threading
import uuid
from collections.abc import Callable

import pytest
from django.db import ProgrammingError, connection, connections

from core.actors import Actor
from core.models import User
from core.verbs import verb
from tests.databases import Databases


def _one(query: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(query)
        row = cursor.fetchone()
    return row[0] if row else None


@pytest.mark.django_db
def test_tests_run_as_the_app_role_which_is_no_superuser_and_makes_nothing() -> None:
    assert _one("SELECT current_user") == "tieout_app"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls,"
            " has_schema_privilege(rolname, 'public', 'CREATE'),"
            " has_database_privilege(rolname, current_database(), 'CREATE')"
            " FROM pg_roles WHERE rolname IN ('tieout_app', 'tieout_owner') ORDER BY rolname"
        )
        assert cursor.fetchall() == [
            (False, False, False, False, False, False, False),
            (False, False, False, False, False, True, True),
        ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "DROP TABLE core_event",
        "TRUNCATE core_event",
        "ALTER TABLE core_event DISABLE TRIGGER ALL",
        "SET ROLE tieout_owner",
        "SET session_replication_role = replica",
    ],
)
def test_the_app_role_cannot_get_round_the_guards(statement: str) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        _one(statement)


@pytest.mark.django_db
def test_the_app_owns_no_table() -> None:
    assert (
        _one("SELECT count(*) FROM pg_tables WHERE tableowner <> 'tieout_owner' AND schemaname = 'public'")
        == 0
    )


@pytest.mark.django_db
@pytest.mark.parametrize("turn", [1, 2])
def test_an_ordinary_test_is_rolled_back(turn: int) -> None:
    assert not User.objects.filter(username="written by a test").exists()
    User.objects.create(username="written by a test")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_a_committing_test_has_a_database_of_its_own_which_is_dropped(
    turn: int, databases: Databases
) -> None:
    name = str(connection.settings_dict["NAME"])
    assert name.startswith("own_")
    assert _one("SELECT current_user || ' ' || current_database()") == f"tieout_app {name}"
    assert not User.objects.filter(username="committed by a test").exists()
    User.objects.create(username="committed by a test")
    seen = _in_a_thread(lambda: User.objects.filter(username="committed by a test").count())
    assert seen == [1]
    with databases.server.connect() as server:
        rows = server.execute("SELECT datname FROM pg_database WHERE datname LIKE 'own%'").fetchall()
    assert rows == [(name,)]


@verb
def _ask_another_system(subject: uuid.UUID, *, actor: Actor) -> None:
    socket.create_connection(("127.0.0.1", 9), timeout=1)


@pytest.mark.django_db
def test_a_connection_inside_a_verb_is_refused(refused_connections: list[str]) -> None:
    with pytest.raises(AssertionError, match="_ask_another_system opened a connection"):
        _ask_another_system(uuid.uuid4(), actor=Actor.system("test"))
    assert len(refused_connections) == 1
    refused_connections.clear()


def _in_a_thread(ask: Callable[[], int]) -> list[int]:
    answers: list[int] = []

    def run() -> None:
        answers.append(ask())
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return answers
