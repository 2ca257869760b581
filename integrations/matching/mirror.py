"""Keep the mirror of another system's documents. Steps: they need an open transaction."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from django.db import connection

from integrations.adapters import TheirDocument
from integrations.models import System

_UPSERT = Path(__file__).with_name("mirror.sql").read_text()
_COLUMNS = (
    "number, company, kind, state, customer, customer_name, reference, purchase_order,"
    " document_date, currency, net, tax, gross, lines"
)


def upsert(system: System, documents: Iterable[TheirDocument], read_at: datetime) -> list[str]:
    """Insert or update the documents that differ from the mirror; return their numbers."""
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        with cursor.copy(f"COPY arriving_document ({_COLUMNS}) FROM STDIN") as copy:
            for document in documents:
                copy.write_row(_row(document))
        cursor.execute("ANALYZE arriving_document")
        cursor.execute(_UPSERT, {"system": system.code, "system_id": system.pk, "read_at": read_at})
        return [row[0] for row in cursor.fetchall()]


def lose(system: System, numbers: Sequence[str], read_at: datetime) -> list[str]:
    """Mark documents the system no longer has; return the numbers that changed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE billing_erpdocument SET state = 'deleted', read_at = %s"
            " WHERE system = %s AND number = ANY(%s) AND state <> 'deleted' RETURNING number",
            [read_at, system.code, list(numbers)],
        )
        return [row[0] for row in cursor.fetchall()]


def _row(document: TheirDocument) -> tuple[object, ...]:
    return (
        document.number,
        document.company,
        document.kind,
        document.state,
        document.customer,
        document.customer_name,
        document.reference,
        document.purchase_order,
        document.document_date,
        document.currency,
        document.net,
        document.tax,
        document.gross,
        json.dumps([dict(line) for line in document.lines]),
    )


_STAGE = """
DROP TABLE IF EXISTS pg_temp.arriving_document;
CREATE TEMP TABLE arriving_document (
  number text PRIMARY KEY, company text, kind text, state text, customer text, customer_name text,
  reference text, purchase_order text, document_date date, currency text,
  net numeric, tax numeric, gross numeric, lines jsonb
) ON COMMIT DROP
"""
