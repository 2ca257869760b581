"""Match our documents with the ERP's, set-based. Steps: they need an open transaction."""

import uuid
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.db import connection

from core.models import LegalEntity
from integrations.models import System

_PAIRS, _DIFFERENCES, _TOTALS = (
    Path(__file__).with_name(f"{name}.sql").read_text() for name in ("pairs", "differences", "totals")
)


@dataclass(frozen=True)
class Difference:
    """A difference of the month, net and tax in `currency`; a side that does not count there is None."""

    key: str
    kind: str
    proposal_id: uuid.UUID | None
    erp_document_id: uuid.UUID | None
    contract_id: uuid.UUID | None
    currency: str
    ours: Decimal | None
    theirs: Decimal | None
    difference: Decimal
    tax_difference: Decimal
    in_flight: bool


@dataclass(frozen=True)
class Totals:
    """What one currency sums to on both sides."""

    currency: str
    our_count: int
    our_net: Decimal
    our_tax: Decimal
    their_count: int
    their_net: Decimal
    their_tax: Decimal

    def as_json(self) -> dict[str, object]:
        """Return counts as numbers and amounts as text."""
        return {
            name: str(value) if isinstance(value, Decimal) else value for name, value in vars(self).items()
        }


@dataclass(frozen=True)
class Comparison:
    """The outcome of one comparison."""

    matched: int
    differences: list[Difference]
    totals: list[Totals]


def compare(system: System, entity: LegalEntity, month: date) -> Comparison:
    """Compare a legal entity's month with the mirror of the system's documents."""
    scope: dict[str, str | uuid.UUID | date] = {
        "system": system.code,
        "system_id": system.pk,
        "entity": entity.pk,
        "first": month,
        "next": following(month),
    }
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS, scope)
        cursor.execute("ANALYZE reconciled_pair")
        cursor.execute(
            "SELECT count(*) FROM reconciled_pair"
            " WHERE kind IS NULL AND ours_counts AND erp_document_id IS NOT NULL"
        )
        matched = (cursor.fetchone() or [0])[0]
        cursor.execute(_DIFFERENCES, scope)
        differences = [Difference(*row) for row in cursor.fetchall()]
        cursor.execute(_TOTALS)
        return Comparison(matched, differences, [Totals(*row) for row in cursor.fetchall()])


def following(month: date) -> date:
    """Return the first day of the next month."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
