"""One server for all tests of a run; each test has a company of its own in it."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from integrations.sandbox_erp.administration import SandboxErpAdministration
from integrations.sandbox_erp.client import SandboxErpClient
from tests.integrations.sandbox_erp.building import settings
from tests.integrations.sandbox_erp.running import RunningErp

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def erp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningErp]:
    running = RunningErp(tmp_path_factory.mktemp("sandbox_erp") / "store.sqlite3")
    running.start()
    yield running
    running.stop()


@pytest.fixture
def own_erp(tmp_path: Path) -> Iterator[RunningErp]:
    """Give a server that the test may kill."""
    running = RunningErp(tmp_path / "store.sqlite3")
    running.start()
    yield running
    running.stop()


@pytest.fixture
def client(erp: RunningErp) -> Iterator[SandboxErpClient]:
    with erp.client() as client:
        yield client


@pytest.fixture
def impatient_client(erp: RunningErp) -> Iterator[SandboxErpClient]:
    with erp.client(read_timeout=0.5) as client:
        yield client


@pytest.fixture
def administration(erp: RunningErp) -> Iterator[SandboxErpAdministration]:
    with erp.administration() as administration:
        yield administration
        administration.clear_faults()
        administration.stop_chaos()


@pytest.fixture
def company(administration: SandboxErpAdministration) -> str:
    code = f"DE{next(_numbers):02d}"
    administration.put_company(settings(code))
    return code
