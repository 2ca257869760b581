import os
from pathlib import Path

import psycopg
import pytest

from config.local.folder import DataFolder
from config.local.postgres import PostgresServer
from config.local.problems import LocalProblem
from config.local.process import stop_leftovers
from config.local.roles import APP, OWNER, ensure_database, ensure_roles


def _prepare(server: PostgresServer) -> None:
    ensure_roles(server)
    ensure_database(server, "tieout")


def _rows(server: PostgresServer, role: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(server.url(role, "tieout")) as connection:
        return connection.execute(query.encode()).fetchall()


def test_a_second_start_continues_with_the_data(server: PostgresServer) -> None:
    for start in (1, 2):
        server.start()
        _prepare(server)
        with psycopg.connect(server.url(OWNER, "tieout")) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS kept (start int)")
            connection.execute("INSERT INTO kept VALUES (%s)", [start])
        server.stop()
    server.start()
    assert _rows(server, OWNER, "SELECT start FROM kept ORDER BY 1") == [(1,), (2,)]


def test_the_roles_are_what_the_guards_rely_on(server: PostgresServer) -> None:
    server.start()
    _prepare(server)
    query = (
        "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls,"
        " has_schema_privilege(rolname, 'public', 'CREATE'), has_schema_privilege(rolname, 'public', 'USAGE')"
        " FROM pg_roles WHERE rolname LIKE 'tieout%' ORDER BY 1"
    )
    assert _rows(server, APP, query) == [
        ("tieout_app", False, False, False, False, False, True),
        ("tieout_owner", False, False, False, False, True, True),
    ]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        _rows(server, APP, "CREATE TABLE mine (id int)")
    assert _rows(server, APP, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


def test_it_listens_on_no_network_and_its_socket_is_private(server: PostgresServer) -> None:
    server.start()
    _prepare(server)
    assert _rows(server, APP, "SHOW listen_addresses") == [("",)]
    assert server.sockets.stat().st_mode & 0o777 == 0o700


def test_a_half_made_folder_gets_a_sentence_and_is_left_alone(
    server: PostgresServer, folder: DataFolder
) -> None:
    folder.postgres.mkdir()
    (folder.postgres / "base").mkdir()
    with pytest.raises(LocalProblem) as problem:
        server.start()
    assert str(problem.value) == (
        f"The database folder {folder.postgres} is incomplete: no PostgreSQL cluster, yet not empty.\n"
        "Nothing was changed. Put the missing files back, or start over: make demo-reset"
    )
    assert [path.name for path in folder.postgres.iterdir()] == ["base"]


def test_an_interrupted_first_start_is_made_good_by_the_next(
    server: PostgresServer, folder: DataFolder
) -> None:
    draft = folder.postgres.with_name("postgres.unfinished")
    draft.mkdir()
    (draft / "base").mkdir()
    server.start()
    assert (folder.postgres / "PG_VERSION").exists()
    assert not draft.exists()


def test_a_folder_of_another_version_is_refused(server: PostgresServer, folder: DataFolder) -> None:
    server.start()
    server.stop()
    (folder.postgres / "PG_VERSION").write_text("12\n")
    with pytest.raises(LocalProblem, match=r"is of PostgreSQL 12; this is PostgreSQL \d+"):
        server.start()


def test_a_killed_server_starts_again_though_its_number_now_names_another_process(
    server: PostgresServer, folder: DataFolder
) -> None:
    server.start()
    _prepare(server)
    server.process.kill()
    assert stop_leftovers(folder.locks) in ([], ["postgres"])
    _name_living_process(folder.postgres / "postmaster.pid")
    server.start()
    assert _rows(server, APP, "SELECT 1") == [(1,)]


def test_a_server_that_somebody_else_started_is_not_disturbed(
    server: PostgresServer, folder: DataFolder
) -> None:
    server.start()
    again = PostgresServer(
        folder.postgres, sockets=folder.sockets, locks=folder.locks, logs=folder.logs, durable=False
    )
    with pytest.raises(LocalProblem, match=r"Another PostgreSQL .* already uses"):
        again.start()
    os.kill(server.process.pid, 0)


def test_a_server_that_cannot_start_shows_the_end_of_its_log(
    server: PostgresServer, folder: DataFolder
) -> None:
    server.start()
    server.stop()
    settings = folder.postgres / "postgresql.conf"
    settings.write_text(settings.read_text() + "\nno_such_setting = 1\n")
    with pytest.raises(LocalProblem, match=r"(?s)did not start.*no_such_setting"):
        server.start()


def test_an_immediate_stop_loses_nothing_that_was_committed(server: PostgresServer) -> None:
    server.start()
    _prepare(server)
    with psycopg.connect(server.url(OWNER, "tieout")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    server.stop(at_once=True)
    server.start()
    assert _rows(server, OWNER, "SELECT number FROM kept") == [(7,)]


def _name_living_process(pid_file: Path) -> None:
    """Make the file look as it does when a restarted machine has given the number to another process."""
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getppid()), *lines[1:]]) + "\n")
