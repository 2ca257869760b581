"""Record what happened: the event row is audit entry and outbox message at once."""

import json
import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction

from core.reactions import handlers_of, wake

T = TypeVar("T")
_TYPES: dict[type, tuple[str, int]] = {}


class PayloadEncoder(DjangoJSONEncoder):
    """Write moments in full: Django's encoder cuts them to milliseconds, and knowledge is finer."""

    def default(self, o: object) -> Any:
        """Return the text of a moment, decimal, date or identifier."""
        return o.isoformat() if isinstance(o, datetime) else super().default(o)


def event(name: str, *, version: int = 1) -> Any:
    """Name the event type that a payload dataclass carries, with its schema version."""

    def declare(payload: type[T]) -> type[T]:
        _TYPES[payload] = (name, version)
        return payload

    return declare


def event_types() -> dict[str, type]:
    """Return every declared event type with its payload class."""
    return {name: payload for payload, (name, _) in sorted(_TYPES.items(), key=lambda item: item[1])}


@dataclass(frozen=True)
class Happening:
    """One event about to be recorded: which aggregate, with which payload.

    `correlation_id` names the work it belongs to where that is not the running verb's.
    """

    aggregate_type: str
    aggregate_id: uuid.UUID
    payload: object
    legal_entity_id: uuid.UUID | None = None
    effective_on: date | None = None
    correlation_id: str = ""


def record(
    aggregate: models.Model,
    payload: object,
    *,
    legal_entity_id: uuid.UUID | None = None,
    effective_on: date | None = None,
) -> None:
    """Append one event for an aggregate whose root row the caller has locked.

    Actor, reason and correlation id are those of the running verb. Handlers that react to the type
    get their duty in the same transaction.
    """
    record_all([Happening(aggregate._meta.label_lower, aggregate.pk, payload, legal_entity_id, effective_on)])


def record_all(happenings: Iterable[Happening]) -> None:
    """Append many events in one statement, one per aggregate."""
    rows = [_row(happening) for happening in happenings]
    if not rows:
        return
    handlers = [
        (name, handler) for name in {str(row["type"]) for row in rows} for handler in handlers_of(name)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT, {"rows": json.dumps(rows, cls=PayloadEncoder), "handlers": json.dumps(handlers)}
        )
    if handlers:
        transaction.on_commit(wake)


def _row(happening: Happening) -> dict[str, object]:
    payload: Any = happening.payload
    if not is_dataclass(payload) or isinstance(payload, type) or type(payload) not in _TYPES:
        raise TypeError(f"{payload!r} is no declared event payload.")
    name, version = _TYPES[type(payload)]
    return {
        "type": name,
        "schema_version": version,
        "aggregate_type": happening.aggregate_type,
        "aggregate_id": happening.aggregate_id,
        "legal_entity_id": happening.legal_entity_id,
        "effective_on": happening.effective_on,
        "correlation_id": happening.correlation_id,
        "payload": asdict(payload),
    }


# aggregate_seq is dense because the caller holds the aggregate's row lock.
_INSERT = """
WITH given AS (
  SELECT *, row_number() OVER (PARTITION BY aggregate_type, aggregate_id ORDER BY given_as) AS place
  FROM ROWS FROM (jsonb_to_recordset(%(rows)s::jsonb) AS (type text, schema_version int, aggregate_type text,
       aggregate_id uuid, legal_entity_id uuid, effective_on date, correlation_id text, payload jsonb))
       WITH ORDINALITY AS r(type, schema_version, aggregate_type, aggregate_id, legal_entity_id, effective_on,
            correlation_id, payload, given_as)
), noted AS (
  INSERT INTO core_event (type, schema_version, aggregate_type, aggregate_id, aggregate_seq,
         legal_entity_id, actor, correlation_id, traceparent, causation_id, effective_on,
         reason, payload)
  SELECT g.type, g.schema_version, g.aggregate_type, g.aggregate_id, g.place + coalesce((
           SELECT max(e.aggregate_seq) FROM core_event e
           WHERE e.aggregate_type = g.aggregate_type AND e.aggregate_id = g.aggregate_id), 0),
         g.legal_entity_id,
         coalesce(nullif(current_setting('tieout.actor', true), ''), 'database:' || session_user),
         coalesce(nullif(g.correlation_id, ''), current_setting('tieout.correlation_id', true), ''),
         coalesce(current_setting('tieout.traceparent', true), ''),
         nullif(current_setting('tieout.causation_id', true), '')::uuid,
         g.effective_on, coalesce(current_setting('tieout.reason', true), ''), g.payload
  FROM given g ORDER BY g.given_as
  RETURNING seq, type
), owed AS (
  INSERT INTO core_reaction (event_id, handler, state, attempts)
  SELECT n.seq, h ->> 1, 'pending', 0
  FROM noted n JOIN jsonb_array_elements(%(handlers)s::jsonb) AS h ON h ->> 0 = n.type
  ORDER BY n.seq
  RETURNING 1
)
SELECT set_config('tieout.recorded', 'yes', true), (SELECT count(*) FROM owed), (SELECT count(*) FROM noted)
"""
