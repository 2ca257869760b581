"""What is different from the last invoice of the same contract and bill-to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import Q

from billing.models import Proposal, ProposalLine
from billing.states import ProposalKind, ProposalStatus
from core.presentation.formats import number
from core.presentation.parts import Check

ISSUED = (ProposalStatus.APPROVED, ProposalStatus.RELEASING, ProposalStatus.POSTED)


@dataclass(frozen=True)
class Changes:
    """Former rates by line, lines the last invoice did not have, and when that invoice was dated."""

    former_rates: dict[UUID, Decimal]
    added: frozenset[UUID]
    since: date | None
    shown: tuple[Check, ...]


def changes_of(proposal: Proposal, lines: Sequence[ProposalLine]) -> Changes:
    """Compare an invoice with the one before it; a first invoice has no changes."""
    former = previous_invoice(proposal)
    if former is None:
        return Changes({}, frozenset(), None, ())
    known = _rates(former.lines.all())
    rates: dict[UUID, Decimal] = {}
    added = set()
    for line in lines:
        before = known.get(_subject(line))
        if before is None:
            added.add(line.pk)
        elif line.unit_price is not None and len(before) == 1 and line.unit_price not in before:
            rates[line.pk] = next(iter(before))
    return Changes(rates, frozenset(added), former.document_date, _shown(proposal, lines, rates, added))


def previous_invoice(proposal: Proposal) -> Proposal | None:
    """Return the last issued invoice of the same contract and bill-to before this one."""
    if proposal.kind != ProposalKind.INVOICE:
        return None
    earlier = Q(document_date__lt=proposal.document_date) | Q(
        document_date=proposal.document_date, created_at__lt=proposal.created_at
    )
    issued = Proposal.objects.filter(
        earlier,
        contract=proposal.contract_id,
        billing_account=proposal.billing_account_id,
        kind=ProposalKind.INVOICE,
        status__in=ISSUED,
    )
    return issued.order_by("-document_date", "-created_at").first()


def rerated(proposal_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Return the invoices on which a subject costs another rate than on the invoice before; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_RERATED, [[str(state) for state in ISSUED], list(proposal_ids)])
        return frozenset(row[0] for row in cursor.fetchall())


def _subject(line: ProposalLine) -> tuple[str, str, str]:
    return (line.section, line.description, line.unit)


def _rates(lines: Iterable[ProposalLine]) -> dict[tuple[str, str, str], set[Decimal]]:
    known: dict[tuple[str, str, str], set[Decimal]] = {}
    for line in lines:
        rates = known.setdefault(_subject(line), set())
        if line.unit_price is not None:
            rates.add(line.unit_price)
    return known


def _shown(
    proposal: Proposal, lines: Iterable[ProposalLine], rates: dict[UUID, Decimal], added: set[UUID]
) -> tuple[Check, ...]:
    version = f", version {proposal.contract_version.number}"
    shown = []
    for line in lines:
        if line.pk in rates and line.unit_price is not None:
            before, now = number(rates[line.pk], places=2), number(line.unit_price, places=2)
            shown.append(Check(f"{line.description} {before} to {now}{version}", "changed"))
        elif line.pk in added:
            shown.append(Check(f"{line.description} is new", "added"))
    return tuple(shown)


_RERATED = """
SELECT DISTINCT p.id
FROM billing_proposal p
CROSS JOIN LATERAL (
  SELECT q.id FROM billing_proposal q
  WHERE q.contract_id = p.contract_id AND q.billing_account_id = p.billing_account_id
    AND q.kind = 'invoice' AND q.id <> p.id
    AND (q.document_date, q.created_at) < (p.document_date, p.created_at) AND q.status = ANY(%s)
  ORDER BY q.document_date DESC, q.created_at DESC LIMIT 1
) q
JOIN billing_proposalline l ON l.proposal_id = p.id AND l.unit_price IS NOT NULL
CROSS JOIN LATERAL (
  SELECT min(m.unit_price) AS before, count(DISTINCT m.unit_price) AS rates
  FROM billing_proposalline m
  WHERE m.proposal_id = q.id AND (m.section, m.description, m.unit) = (l.section, l.description, l.unit)
) m
WHERE p.id = ANY(%s) AND p.kind = 'invoice' AND m.rates = 1 AND m.before <> l.unit_price
"""
