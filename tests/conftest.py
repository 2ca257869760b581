"""What every test may rely on: a database of its own process, and no network inside a verb."""

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from hypothesis import settings as hypothesis_settings
from pytest_django.fixtures import Settings
from pytest_django.plugin import DjangoDbBlocker

from config.local.valkey import ValkeyServer
from tests.chromium import MISSING, find_chromium
from tests.clusters import running_cluster
from tests.databases import Databases, clones_instead_of_flushes

pytest_plugins = ["tests.personas"]

_HERE = Path(__file__).parent
_BROWSER_REQUIRED = os.environ.get("TIEOUT_REQUIRE_BROWSER") == "1"

# Shared machines are slow at times; that is no fault of the code under test.
hypothesis_settings.register_profile("tieout", deadline=None, print_blob=True)
hypothesis_settings.load_profile("tieout")


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """The PostgreSQL of this test process, started when a test first needs it."""
    with running_cluster() as (folder, server):
        yield Databases(folder, server)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker, databases: Databases
) -> Iterator[None]:
    """Replace pytest-django's test database by clones of a template that the owner role migrated."""
    with django_db_blocker.unblock(), clones_instead_of_flushes(databases):
        databases.enter_shared_clone()
        yield
        connections.close_all()


@pytest.fixture(scope="session")
def valkey(databases: Databases) -> Iterator[ValkeyServer]:
    """A broker of this test process; restarting it empties it."""
    folder = databases.folder
    server = ValkeyServer(sockets=folder.sockets, locks=folder.locks, logs=folder.logs)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def program_environment(transactional_db: None, databases: Databases, valkey: ValkeyServer) -> dict[str, str]:
    """The environment in which a program of ours works on this test's own database and broker."""
    return databases.environment() | {"REDIS_URL": valkey.url}


@pytest.fixture
def files(settings: Settings, tmp_path: Path) -> Path:
    """The folder of uploaded files of this test."""
    settings.FILES_FOLDER = tmp_path
    return tmp_path


@pytest.fixture(autouse=True)
def refused_connections(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Fail the test when a connection to another system is opened while a verb runs."""
    refused: list[str] = []
    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, _watched(getattr(socket.socket, name), refused))
    yield refused
    # Code under test may have swallowed the refusal; the test fails all the same.
    assert not refused, "\n".join(refused)


def _watched(connect: Callable[..., Any], refused: list[str]) -> Callable[..., Any]:
    def refuse_inside_a_verb(self: socket.socket, address: Any) -> Any:
        from core.verbs import active_verb

        verb = active_verb()
        if verb and self.family in (socket.AF_INET, socket.AF_INET6):
            refused.append(
                f"The verb {verb} opened a connection to {address}; no verb may wait for a network."
            )
            self.close()
            raise AssertionError(refused[-1])
        return connect(self, address)

    return refuse_inside_a_verb


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by their folder, and skip browser tests with a reason when there is no browser."""
    for folder in ("browser", "faults"):
        inside = [item for item in items if item.path.is_relative_to(_HERE / folder)]
        for item in inside:
            item.add_marker(folder)
        if folder == "browser" and inside and not _BROWSER_REQUIRED and not find_chromium():
            for item in inside:
                item.add_marker(pytest.mark.skip(reason=MISSING))


_skipped_in_browser: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember which browser tests were skipped."""
    if report.skipped and "browser" in report.keywords and not hasattr(report, "wasxfail"):
        _skipped_in_browser.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that requires the browser tests when any of them was skipped."""
    if _BROWSER_REQUIRED and _skipped_in_browser and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the skipped browser tests: silence would look like success."""
    if _skipped_in_browser:
        verdict = "so this run fails" if _BROWSER_REQUIRED else MISSING
        terminalreporter.write_line(f"{len(_skipped_in_browser)} browser tests were skipped: {verdict}")
