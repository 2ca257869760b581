"""Databases for tests: one PostgreSQL for each test process, a migrated template, and clones of it.

A test that commits gets a clone of its own, dropped afterwards. Django would flush instead, and the
event log refuses TRUNCATE from everybody.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

from django.core.management import call_command
from django.db import connection, connections
from django.test import TransactionTestCase
from psycopg import sql
from pytest import MonkeyPatch

from config.environment import database as database_settings
from config.local.folder import DataFolder
from config.local.postgres import PostgresServer
from config.local.problems import LocalProblem
from config.local.process import stop_leftovers
from config.local.roles import APP, OWNER, ensure_database, ensure_roles, restrict_database

_PREFIX = "tieout-tests-"
_TEMPLATE = "template_of_tests"
_SHARED = "shared_by_tests"


class Cluster:
    """The PostgreSQL of this test process."""

    def __init__(self, folder: DataFolder) -> None:
        self.folder = folder
        self.server = PostgresServer(
            folder.postgres, sockets=folder.sockets, locks=folder.locks, logs=folder.logs, durable=False
        )
        self._numbers = count(1)

    def prepare(self) -> None:
        """Migrate the template as the owner and connect to a first clone of it as the app."""
        ensure_roles(self.server)
        ensure_database(self.server, _TEMPLATE)
        self._connect(OWNER, _TEMPLATE)
        call_command("migrate", verbosity=0, interactive=False)
        self.clone(_SHARED)
        self._connect(APP, _SHARED)

    def clone(self, name: str) -> None:
        """Make a database that equals the template."""
        # A clone needs the template to itself.
        connections.close_all()
        with self.server.connect() as server:
            server.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
                    sql.Identifier(name), sql.Identifier(_TEMPLATE), sql.Identifier(OWNER)
                )
            )
            restrict_database(server, name)

    def drop(self, name: str) -> None:
        """Drop a clone with whatever threads and processes are still connected to it."""
        with self.server.connect() as server:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def enter_own_clone(self) -> None:
        """Connect to a fresh clone, which nobody else uses."""
        name = f"own_{next(self._numbers)}"
        self.clone(name)
        self._connect(APP, name)

    def leave_own_clone(self) -> None:
        """Drop the clone of the test that ends and connect to the shared one again."""
        name = str(connection.settings_dict["NAME"])
        self._connect(APP, _SHARED)
        self.drop(name)

    def environment(self) -> dict[str, str]:
        """Return the environment with which a program of ours works on the current database."""
        name = str(connection.settings_dict["NAME"])
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": self.server.url(APP, name),
            "DATABASE_OWNER_URL": self.server.url(OWNER, name),
        }

    def _connect(self, role: str, name: str) -> None:
        connections.close_all()
        # Threads read the same dictionary when they open their own connections.
        connection.settings_dict.update(
            {
                key: value
                for key, value in database_settings(self.server.url(role, name)).items()
                if key in {"NAME", "USER", "HOST"}
            }
        )


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """Start a cluster in a temporary folder and remove it in the end, and those of killed runs now."""
    _remove_abandoned()
    folder = DataFolder(Path(tempfile.mkdtemp(prefix=_PREFIX)))
    folder.claim()
    with ExitStack() as stack:
        stack.callback(folder.wipe)
        stack.enter_context(folder.held())
        cluster = Cluster(folder)
        stack.callback(cluster.server.stop, at_once=True)
        cluster.server.start()
        yield cluster


@contextmanager
def clones_instead_of_flushes(cluster: Cluster) -> Iterator[None]:
    """Give every test case that commits a clone of its own in place of Django's flush."""
    with MonkeyPatch.context() as patch:
        patch.setattr(
            TransactionTestCase, "_fixture_setup", classmethod(lambda case: cluster.enter_own_clone())
        )
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: cluster.leave_own_clone())
        yield


def _remove_abandoned() -> None:
    for path in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        folder = DataFolder(path)
        if not folder.locks.is_dir() or path.stat().st_uid != os.geteuid():
            continue
        try:
            with folder.held():
                stop_leftovers(folder.locks, patience=2)
                shutil.rmtree(path, ignore_errors=True)
        except LocalProblem:
            # Its run still goes on.
            continue
