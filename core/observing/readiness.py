"""May requests be sent to this process?"""

from functools import cache

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

_PATIENCE = 0.5


def readiness() -> tuple[bool, dict[str, str]]:
    """Return whether pages can be served, and each part's state in words.

    The broker is told but not needed: without it work waits for beat, and nothing is lost.
    """
    database = _database()
    parts = {"database": database, "broker": _broker()}
    return database == "ok", parts


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return "ok" if _migrated() else "waits for migrations"
    except (DatabaseError, NotMigrated) as error:
        return "waits for migrations" if isinstance(error, NotMigrated) else "does not answer"


class NotMigrated(Exception):
    """The code knows migrations that the database does not."""


@cache
def _migrated() -> bool:
    # Kept once it is so: a running process never becomes unmigrated. An exception is not kept.
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise NotMigrated
    return True


def _broker() -> str:
    try:
        address = str(settings.REDIS_URL).replace("redis+socket:", "unix:")
        client = redis.Redis.from_url(address, socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE)
        with client:
            client.ping()
        return "ok"
    except (redis.RedisError, ValueError):
        return "does not answer"
