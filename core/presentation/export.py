"""CSV of exactly the view on screen: same filter, same order, every row, exact figures."""

import csv
import datetime
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.text import slugify

from core.presentation.columns import Column

CHUNK = 2000
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def safe(value: object) -> str:
    """Return a value as a spreadsheet may open it: numbers stay numbers, text never becomes a formula."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def lines(columns: Iterable[Column], rows: Iterable[object]) -> Iterator[str]:
    """Yield the CSV: a byte-order mark for spreadsheets, the headings, one line per row."""
    columns = list(columns)
    writer: Any = csv.writer(_Echo())
    yield "\N{ZERO WIDTH NO-BREAK SPACE}" + writer.writerow(
        safe(heading) for column in columns for heading in column.exported_headings()
    )
    for row in rows:
        yield writer.writerow(safe(value) for column in columns for value in column.exported(row))


def csv_response(title: str, columns: Iterable[Column], queryset: QuerySet[Any]) -> StreamingHttpResponse:
    """Stream the queryset as a download whose name says what and when; rows are read in chunks."""
    name = f"{slugify(title)}-{timezone.localtime():%Y-%m-%d-%H%M}.csv"
    response = StreamingHttpResponse(lines(columns, _rows(queryset)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _rows(queryset: QuerySet[Any]) -> Iterator[Any]:
    # The response outlives the request's transaction, so the cursor needs one of its own.
    with transaction.atomic():
        yield from queryset.iterator(chunk_size=CHUNK)
