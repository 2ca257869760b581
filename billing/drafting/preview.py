"""What a run would propose, by the very steps of a run, and without a trace."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection, transaction

from billing.drafting.build import Failure, collect


@dataclass(frozen=True)
class Document:
    """A document a run would draft. `net` is in `currency`, `net_base` in the entity's base currency."""

    contract_id: uuid.UUID
    billing_account_id: uuid.UUID
    kind: str
    credits_id: uuid.UUID | None
    currency: str
    charges: int
    net: Decimal
    net_base: Decimal


def preview(
    contract_ids: Collection[uuid.UUID], *, cut_off: date, document_date: date
) -> tuple[list[Document], list[Failure]]:
    """Return the documents a run over the contracts would draft, and the contracts it would leave out.

    Takes no lock and keeps nothing; it needs a transaction that may write working tables.
    """
    with transaction.atomic():
        failures = collect(contract_ids, cut_off=cut_off, document_date=document_date)
        with connection.cursor() as cursor:
            cursor.execute(_DOCUMENTS)
            documents = [Document(*row) for row in cursor.fetchall()]
        transaction.set_rollback(True)
    return documents, failures


_DOCUMENTS = """
SELECT d.contract_id, d.billing_account_id, d.kind, d.credits_id, d.currency, n.charges, n.net,
       round(n.net * CASE WHEN d.credits_id IS NOT NULL THEN o.fx_rate
                          WHEN d.currency = e.base_currency_id THEN 1 ELSE x.rate END, y.minor_unit)
FROM draft_document d
JOIN (SELECT proposal_id, count(*) AS charges, sum(amount) AS net FROM draft_charge GROUP BY proposal_id) n
  USING (proposal_id)
JOIN core_legalentity e ON e.id = d.legal_entity_id
JOIN core_currency y ON y.code = e.base_currency_id
JOIN contracts_contract k ON k.id = d.contract_id
LEFT JOIN billing_proposal o ON o.id = d.credits_id
LEFT JOIN core_exchangerate x ON x.base_id = d.currency AND x.quote_id = e.base_currency_id
  AND x.kind = 'daily' AND x.valid @> d.document_date
ORDER BY k.code, d.kind DESC, d.billing_account_id, d.credits_id
"""
