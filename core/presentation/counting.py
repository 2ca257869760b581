"""Several questions in one statement: the shell shows many figures, and each page pays for them once."""

import json
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

Countable = int | QuerySet[Any]
_Asked = dict[str, tuple[str, tuple[Any, ...]]]


def count_all(rows: Mapping[str, Countable]) -> dict[str, int]:
    """Return how many rows each queryset has; numbers that are known already pass through."""
    return ask_all(rows, {})[0]


def ask_all(
    counted: Mapping[str, Countable], listed: Mapping[str, QuerySet[Any, Any]]
) -> tuple[dict[str, int], dict[str, list[dict[str, Any]]]]:
    """Return how many rows there are of some querysets, and the rows of few others as JSON has them.

    What is `listed` gives dictionaries (`values`); dates come as ISO text, and amounts do not belong here.
    """
    counts = {name: one for name, one in counted.items() if isinstance(one, int)}
    asked = {
        name: sql for name, one in counted.items() if not isinstance(one, int) and (sql := _sql(_narrow(one)))
    }
    shown = {name: sql for name, one in listed.items() if (sql := _sql(one))}
    found = _answers(asked, shown)
    lists = {name: json.loads(text) for name, text in zip(shown, found[len(asked) :], strict=True)}
    return (
        dict.fromkeys(counted, 0) | counts | dict(zip(asked, found[: len(asked)], strict=True)),
        {name: [] for name in listed} | lists,
    )


def _narrow(rows: QuerySet[Any]) -> QuerySet[Any]:
    narrow = rows.values("pk") if rows.query.default_cols else rows
    return narrow if narrow.query.is_sliced else narrow.order_by()


def _sql(rows: QuerySet[Any]) -> tuple[str, tuple[Any, ...]] | None:
    try:
        return rows.query.sql_with_params()
    except EmptyResultSet:
        return None


def _answers(counted: _Asked, listed: _Asked) -> tuple[Any, ...]:
    """Return a number for each counted and a JSON text for each listed question, in this order."""
    if not counted and not listed:
        return ()
    parts = [f"(SELECT count(*) FROM ({sql}) AS counted)" for sql, _ in counted.values()]
    parts += [
        f"(SELECT coalesce(json_agg(listed), '[]')::text FROM ({sql}) AS listed)"
        for sql, _ in listed.values()
    ]
    values = [value for _, given in (*counted.values(), *listed.values()) for value in given]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        return cursor.fetchone() or ()
