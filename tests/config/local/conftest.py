import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.local.folder import DataFolder
from config.local.postgres import PostgresServer


@pytest.fixture
def folder() -> Iterator[DataFolder]:
    """A data folder of ours with a short path, as the default one has."""
    made = DataFolder(Path(tempfile.mkdtemp(prefix="tieout-local-")))
    made.claim()
    yield made
    made.wipe()


@pytest.fixture
def server(folder: DataFolder) -> Iterator[PostgresServer]:
    """A PostgreSQL that has not been started; stopped in the end if a test did."""
    made = PostgresServer(
        folder.postgres, sockets=folder.sockets, locks=folder.locks, logs=folder.logs, durable=False
    )
    yield made
    made.stop(at_once=True)
