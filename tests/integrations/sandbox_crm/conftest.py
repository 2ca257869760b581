"""One server for all tests of a run; each test opens deals of its own in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from integrations.sandbox_crm.administration import SandboxCrmAdministration
from integrations.sandbox_crm.client import SandboxCrmClient
from tests.integrations.sandbox_crm.running import RunningCrm


@pytest.fixture(scope="session")
def crm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCrm]:
    running = RunningCrm(tmp_path_factory.mktemp("sandbox_crm") / "store.sqlite3")
    running.start()
    yield running
    running.stop()


@pytest.fixture
def own_crm(tmp_path: Path) -> Iterator[RunningCrm]:
    """Give a server that the test may kill."""
    running = RunningCrm(tmp_path / "store.sqlite3")
    running.start()
    yield running
    running.stop()


@pytest.fixture
def client(crm: RunningCrm) -> Iterator[SandboxCrmClient]:
    with crm.client() as client:
        yield client


@pytest.fixture
def administration(crm: RunningCrm) -> Iterator[SandboxCrmAdministration]:
    with crm.administration() as administration:
        yield administration
        administration.clear_faults()
