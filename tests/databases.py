"""The databases of one test process: clones of a migrated template.

A test that commits gets a clone of its own, dropped afterwards. Django would flush instead, and the
event log refuses TRUNCATE from everybody.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from django.db import connection, connections
from django.test import TransactionTestCase
from psycopg import sql
from pytest import MonkeyPatch

from config.environment import database as database_settings
from config.local.folder import DataFolder
from config.local.postgres import PostgresServer
from config.local.roles import APP, OWNER, restrict_database
from tests.clusters import TEMPLATE

_SHARED = "shared_by_tests"


class Databases:
    """The clones that the tests of this process work on."""

    def __init__(self, folder: DataFolder, server: PostgresServer) -> None:
        self.folder = folder
        self.server = server
        self._numbers = count(1)

    def enter_shared_clone(self) -> None:
        """Connect to the clone in which ordinary tests are rolled back."""
        self._clone(_SHARED)
        self._connect(_SHARED)

    def enter_own_clone(self) -> None:
        """Connect to a fresh clone, which nobody else uses."""
        name = f"own_{next(self._numbers)}"
        self._clone(name)
        self._connect(name)

    def leave_own_clone(self) -> None:
        """Drop the clone of the test that ends and connect to the shared one again."""
        name = self._current()
        self._connect(_SHARED)
        with self.server.connect() as server:
            # Threads and processes of the test may still be connected.
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def environment(self) -> dict[str, str]:
        """Return the environment with which a program of ours works on the current database."""
        name = self._current()
        return {
            **os.environ,
            "DATABASE_URL": self.server.url(APP, name),
            "DATABASE_OWNER_URL": self.server.url(OWNER, name),
        }

    def _clone(self, name: str) -> None:
        names = (sql.Identifier(name), sql.Identifier(TEMPLATE), sql.Identifier(OWNER))
        with self.server.connect() as server:
            server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(*names))
            restrict_database(server, name)

    def _current(self) -> str:
        return str(connection.settings_dict["NAME"])

    def _connect(self, name: str) -> None:
        connections.close_all()
        address = database_settings(self.server.url(APP, name))
        # Threads read the same dictionary when they open their own connections.
        connection.settings_dict.update({key: address[key] for key in ("NAME", "USER", "HOST")})


@contextmanager
def clones_instead_of_flushes(databases: Databases) -> Iterator[None]:
    """Give every test case that commits a clone of its own in place of Django's flush."""
    enter, leave = databases.enter_own_clone, databases.leave_own_clone
    with MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_setup", classmethod(lambda case: enter()))
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: leave())
        yield
