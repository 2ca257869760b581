"""What integrations checks on a proposal: who will get it, and whether they know the customer."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import connection

from billing.checks import CheckLine, Finding, proposal_checks
from billing.models import Proposal
from billing.queries.addresses import exception_address
from billing.queries.checks import REVIEWED
from core.presentation.parts import Link
from integrations.queries.parties import BILLING_ACCOUNT


@proposal_checks(
    CheckLine(
        "customer_known",
        "Customer is known to the ERP",
        order=55,
        applies=lambda proposal: proposal.status in REVIEWED,
    )
)
def look_at_the_receiving_system(proposals: Sequence[Proposal]) -> Iterable[tuple[UUID, str, Finding]]:
    """Find documents without a system, and customers it has not met or finds incomplete; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_UNKNOWN, {"proposals": [one.pk for one in proposals], "type": BILLING_ACCOUNT})
        rows = cursor.fetchall()
    for proposal_id, entity, system, account, known, incomplete, title in rows:
        if incomplete:
            remedy = Link(incomplete, exception_address(incomplete))
            yield proposal_id, "customer_known", Finding(title, "Customer incomplete", "bad", remedy)
            continue
        if known:
            continue
        if system is None:
            text = f"No system is named for the invoices of {entity}: they cannot be delivered"
        else:
            text = f"{account} is new to {system}: it is created there with the first document"
        yield proposal_id, "customer_known", Finding(text, holds_up=False)


_UNKNOWN = """
SELECT p.id, e.name, s.name, b.name, x.id IS NOT NULL, i.number, i.title
FROM billing_proposal p
JOIN core_legalentity e ON e.id = p.legal_entity_id
JOIN contracts_billingaccount b ON b.id = p.billing_account_id
LEFT JOIN integrations_route r ON r.legal_entity_id = p.legal_entity_id AND r.object_type = 'invoice'
LEFT JOIN integrations_system s ON s.id = r.system_id
LEFT JOIN integrations_externalreference x
  ON x.system_id = s.id AND x.object_type = %(type)s AND x.object_id = p.billing_account_id
LEFT JOIN LATERAL (
  SELECT i.number, i.title FROM core_exceptionitem i
  WHERE i.code = 'customer_incomplete' AND i.state IN ('open', 'in_progress') AND i.object_id <> p.id
    AND i.evidence ->> 'billing_account_id' = p.billing_account_id::text
  ORDER BY i.opened_at LIMIT 1
) i ON true
WHERE p.id = ANY(%(proposals)s) AND (x.id IS NULL OR i.number IS NOT NULL)
"""
