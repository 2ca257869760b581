from contextlib import ExitStack

import pytest

from config.local.folder import DataFolder
from config.local.postgres import PostgresServer
from config.local.problems import LocalProblem
from config.local.process import stop_leftovers
from config.local.roles import APP, OWNER, ensure_database, ensure_roles
from config.local.servers import start_servers
from config.local.supervisor import Supervisor
from config.local.valkey import ValkeyServer


@pytest.fixture(autouse=True)
def nothing_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start from an environment that names no servers."""
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)


def _start(folder: DataFolder) -> dict[str, str]:
    with ExitStack() as stack:
        return start_servers(folder, Supervisor(folder, stack), stack)


def test_both_servers_are_embedded_when_nothing_is_named(folder: DataFolder) -> None:
    assert _start(folder) == {
        "DATABASE_URL": f"postgresql://tieout_app@/tieout?host={folder.sockets}",
        "DATABASE_OWNER_URL": f"postgresql://tieout_owner@/tieout?host={folder.sockets}",
        "REDIS_URL": f"redis+socket://{folder.sockets}/valkey.sock",
    }
    assert stop_leftovers(folder.locks) == []


def test_named_servers_are_used_and_nothing_is_started(
    folder: DataFolder, server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.start()
    ensure_roles(server)
    ensure_database(server, "tieout")
    broker = ValkeyServer(sockets=folder.sockets, locks=folder.locks, logs=folder.logs)
    broker.start()
    named = {
        "DATABASE_URL": server.url(APP, "tieout"),
        "DATABASE_OWNER_URL": server.url(OWNER, "tieout"),
        "REDIS_URL": broker.url,
    }
    for name, url in named.items():
        monkeypatch.setenv(name, url)
    other = DataFolder(folder.path / "other")
    other.claim()
    assert _start(other) == named
    assert not other.postgres.exists()
    broker.stop()
    with pytest.raises(LocalProblem, match="The server that REDIS_URL names does not answer"):
        _start(other)


def test_a_named_database_needs_its_owner_too(folder: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://tieout_app@/tieout?host=/nowhere")
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://tieout_owner@/tieout?host=/nowhere")
    with pytest.raises(LocalProblem, match="The database that DATABASE_URL names does not answer"):
        _start(folder)
    monkeypatch.delenv("DATABASE_OWNER_URL")
    with pytest.raises(LocalProblem, match="DATABASE_URL is set but DATABASE_OWNER_URL is not"):
        _start(folder)
    assert not folder.postgres.exists()
