"""The two database roles: `tieout_owner` migrates, `tieout_app` serves and cannot get round any guard."""

from psycopg import Connection, sql

from config.local.postgres import PostgresServer

OWNER = "tieout_owner"
APP = "tieout_app"


def ensure_roles(server: PostgresServer) -> None:
    """Make the roles unless they exist; neither is a superuser nor may make roles or databases."""
    with server.connect() as connection:
        for role in (OWNER, APP):
            if not _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", role):
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))


def ensure_database(server: PostgresServer, name: str) -> None:
    """Make the database unless it exists: owned by the owner, in which the app may connect but not create."""
    with server.connect() as connection:
        if not _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", name):
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(
                    sql.Identifier(name), sql.Identifier(OWNER)
                )
            )
        restrict_database(connection, name)
    with server.connect(name) as connection:
        for statement in (
            "ALTER SCHEMA public OWNER TO {owner}",
            "REVOKE ALL ON SCHEMA public FROM PUBLIC",
            "GRANT USAGE ON SCHEMA public TO {app}",
        ):
            connection.execute(_named(statement, name))


def restrict_database(connection: Connection, name: str) -> None:
    """Let the app connect and make temporary tables; a copy of a database has lost these rights."""
    for statement in (
        "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {app}",
    ):
        connection.execute(_named(statement, name))


def _exists(connection: Connection, query: str, name: str) -> bool:
    return connection.execute(query.encode(), [name]).fetchone() is not None


def _named(statement: str, database: str) -> sql.Composed:
    return sql.SQL(statement).format(
        database=sql.Identifier(database), owner=sql.Identifier(OWNER), app=sql.Identifier(APP)
    )
