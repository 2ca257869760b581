"""Guards that live in the database: history triggers, the append-only log, rights of the app role.

They are derived from the models and laid again after every migration, so they can never lag behind.
django-pgtrigger is not used: its triggers can be switched off by a session setting (decision 0002).
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection, models

APP_ROLE = "tieout_app"
APPEND_ONLY = ("core_event", "core_eventseal", "core_sealedevent")


def install_guards(**kwargs: Any) -> None:
    """Lay all guards; called after migrations, as the owner of the tables."""
    with connection.cursor() as cursor:
        for statement in [*history_statements(), *append_only_statements(), *privilege_statements()]:
            cursor.execute(statement)


def canonical_models() -> list[type[models.Model]]:
    """Return every model that keeps history."""
    return [model for model in apps.get_models() if hasattr(model._meta, "simple_history_manager_attribute")]


def history_statements() -> Iterator[str]:
    """Yield the SQL of the history functions and triggers of every canonical model."""
    for model in canonical_models():
        manager = getattr(model, model._meta.simple_history_manager_attribute)  # type: ignore[attr-defined]
        yield from _history_of(model._meta.db_table, manager.model._meta.db_table, _columns(model))
        yield from _versioning_of(model)


def append_only_statements() -> Iterator[str]:
    """Yield the SQL that lets the event log grow and nothing else, whoever asks."""
    yield """
CREATE OR REPLACE FUNCTION tieout_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'The table % is append-only: % is refused.', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'insufficient_privilege';
END $$"""
    for table in APPEND_ONLY:
        yield _trigger(f"{table}_rows", table, "BEFORE UPDATE OR DELETE", "ROW", "tieout_refuse_change")
        yield _trigger(f"{table}_truncate", table, "BEFORE TRUNCATE", "STATEMENT", "tieout_refuse_change")


def privilege_statements() -> Iterator[str]:
    """Yield the grants: the app role reads and writes, but never truncates, nor touches history or log."""
    yield f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}"
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP_ROLE}"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE}"
    for model in canonical_models():
        manager = getattr(model, model._meta.simple_history_manager_attribute)  # type: ignore[attr-defined]
        yield f'REVOKE INSERT, UPDATE, DELETE ON "{manager.model._meta.db_table}" FROM {APP_ROLE}'
    for table in APPEND_ONLY:
        yield f'REVOKE UPDATE, DELETE ON "{table}" FROM {APP_ROLE}'
    yield f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {APP_ROLE}"


def _columns(model: type[models.Model]) -> list[str]:
    return [f'"{field.column}"' for field in model._meta.concrete_fields]


def _history_of(table: str, history: str, columns: list[str]) -> Iterator[str]:
    names = ", ".join(columns)
    head = f'INSERT INTO "{history}" ({names}, history_date, history_type, history_user_id,'
    head += " history_change_reason, correlation_id)"
    who = (
        "coalesce(nullif(current_setting('tieout.actor', true), ''), 'database:' || session_user),"
        " coalesce(current_setting('tieout.reason', true), ''),"
        " coalesce(current_setting('tieout.correlation_id', true), '')"
    )
    # The transition table a branch names exists only in the trigger that takes the branch.
    yield f"""
CREATE OR REPLACE FUNCTION "history_{table}"() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    {head} SELECT {names}, clock_timestamp(), '+', {who} FROM new_rows;
  ELSIF TG_OP = 'UPDATE' THEN
    {head} SELECT {names}, clock_timestamp(), '~', {who} FROM new_rows;
  ELSE
    {head} SELECT {names}, clock_timestamp(), '-', {who} FROM old_rows;
  END IF;
  IF FOUND THEN
    PERFORM set_config('tieout.wrote', TG_TABLE_NAME, true);
  END IF;
  RETURN NULL;
END $$"""
    for event, rows in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
        yield _trigger(
            f"history_{event.lower()}",
            table,
            f"AFTER {event}",
            "STATEMENT",
            f"history_{table}",
            f"REFERENCING {rows} TABLE AS {rows.lower()}_rows",
        )


def _versioning_of(model: type[models.Model]) -> Iterator[str]:
    table = model._meta.db_table
    if "version" not in {field.column for field in model._meta.concrete_fields}:
        return
    yield """
CREATE OR REPLACE FUNCTION tieout_next_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.version := OLD.version + 1;
  NEW.updated_at := clock_timestamp();
  RETURN NEW;
END $$"""
    yield _trigger("next_version", table, "BEFORE UPDATE", "ROW", "tieout_next_version")


def _trigger(name: str, table: str, event: str, level: str, function: str, referencing: str = "") -> str:
    return (
        f'CREATE OR REPLACE TRIGGER "{name}" {event} ON "{table}" {referencing} '
        f'FOR EACH {level} EXECUTE FUNCTION "{function}"()'
    )
