"""The database and the broker: embedded ones, or those that DATABASE_URL and REDIS_URL name."""

import os
from contextlib import ExitStack
from pathlib import Path

import psycopg
import redis

from config.local.folder import DataFolder
from config.local.postgres import PostgresServer
from config.local.problems import LocalProblem
from config.local.roles import APP, OWNER, ensure_database, ensure_roles
from config.local.supervisor import Supervisor
from config.local.valkey import ValkeyServer

_DATABASE = "tieout"


def start_servers(folder: DataFolder, supervisor: Supervisor, stack: ExitStack) -> dict[str, str]:
    """Start what the environment does not name; return the addresses, which settings read."""
    return {
        **_database_addresses(folder, supervisor, stack),
        **_broker_address(folder, supervisor, stack),
    }


def _database_addresses(folder: DataFolder, supervisor: Supervisor, stack: ExitStack) -> dict[str, str]:
    if os.environ.get("DATABASE_URL"):
        return _given_database()
    server = PostgresServer(folder.postgres, sockets=folder.sockets, locks=folder.locks, logs=folder.logs)
    stack.callback(server.stop)
    server.start()
    supervisor.watch(server.process)
    _tell_opened(server.passable, folder, supervisor)
    ensure_roles(server)
    ensure_database(server, _DATABASE)
    supervisor.say(f"PostgreSQL runs in {folder.postgres}.")
    return {"DATABASE_URL": server.url(APP, _DATABASE), "DATABASE_OWNER_URL": server.url(OWNER, _DATABASE)}


def _given_database() -> dict[str, str]:
    if not os.environ.get("DATABASE_OWNER_URL"):
        raise LocalProblem(
            "DATABASE_URL is set but DATABASE_OWNER_URL is not: it names the role that owns the tables."
        )
    addresses = {name: os.environ[name] for name in ("DATABASE_URL", "DATABASE_OWNER_URL")}
    for name, url in addresses.items():
        try:
            psycopg.connect(url, connect_timeout=5).close()
        except psycopg.Error as error:
            raise LocalProblem(f"The database that {name} names does not answer: {error}") from error
    return addresses


def _broker_address(folder: DataFolder, supervisor: Supervisor, stack: ExitStack) -> dict[str, str]:
    given = os.environ.get("REDIS_URL")
    if given:
        try:
            redis.Redis.from_url(given.replace("redis+socket:", "unix:"), socket_timeout=5).ping()
        except (redis.RedisError, ValueError) as error:
            raise LocalProblem(f"The server that REDIS_URL names does not answer: {error}") from error
        return {"REDIS_URL": given}
    server = ValkeyServer(sockets=folder.sockets, locks=folder.locks, logs=folder.logs)
    stack.callback(server.stop)
    server.start()
    supervisor.watch(server.process)
    return {"REDIS_URL": server.url}


def _tell_opened(opened: list[Path], folder: DataFolder, supervisor: Supervisor) -> None:
    outside = [str(path) for path in opened if not path.is_relative_to(folder.path)]
    if outside:
        supervisor.say(
            f"Made passable (not readable) for PostgreSQL's own account: {', '.join(sorted(set(outside)))}."
        )
