"""Several counts in one statement: the shell shows many, and each page pays for them once."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

Countable = int | QuerySet[Any]


def count_all(rows: Mapping[str, Countable]) -> dict[str, int]:
    """Return how many rows each queryset has; numbers that are known already pass through."""
    counts = {name: one for name, one in rows.items() if isinstance(one, int)}
    asked: dict[str, tuple[str, tuple[Any, ...]]] = {}
    for name, one in rows.items():
        if isinstance(one, int):
            continue
        narrow = one.values("pk") if one.query.default_cols else one
        unordered = narrow if narrow.query.is_sliced else narrow.order_by()
        try:
            asked[name] = unordered.query.sql_with_params()
        except EmptyResultSet:
            counts[name] = 0
    return counts | _counted(asked)


def _counted(asked: dict[str, tuple[str, tuple[Any, ...]]]) -> dict[str, int]:
    if not asked:
        return {}
    parts = ", ".join(f"(SELECT count(*) FROM ({sql}) AS counted)" for sql, _ in asked.values())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {parts}", [value for _, values in asked.values() for value in values])
        found = cursor.fetchone() or ()
    return dict(zip(asked, found, strict=True))
