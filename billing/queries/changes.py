"""What is different from the last invoice of the same contract and bill-to."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Q, Subquery

from billing.models import Proposal, ProposalLine
from billing.states import ProposalKind, ProposalStatus
from core.presentation.formats import number
from core.presentation.parts import Check

_DAYS = re.compile(r", \d{1,2} [A-Z][a-z]{2} \d{4}(?: to \d{1,2} [A-Z][a-z]{2} \d{4})?")
ISSUED = (ProposalStatus.APPROVED, ProposalStatus.RELEASING, ProposalStatus.POSTED)


@dataclass(frozen=True)
class Changes:
    """Former rates by line, lines the last invoice did not have, and when that invoice was dated."""

    former_rates: dict[UUID, Decimal]
    added: frozenset[UUID]
    since: date | None
    shown: tuple[Check, ...]


def changes_of(proposal: Proposal, lines: Sequence[ProposalLine]) -> Changes:
    """Compare an invoice with the issued one before it; a first invoice has no changes. One query."""
    former = _former_lines(proposal)
    if not former:
        return Changes({}, frozenset(), None, ())
    known = _rates(former)
    rates: dict[UUID, Decimal] = {}
    added = set()
    for line in lines:
        before = known.get(_subject(line))
        if before is None:
            added.add(line.pk)
        elif line.unit_price is not None and before and line.unit_price not in before:
            if len(before) == 1:
                rates[line.pk] = next(iter(before))
            else:
                added.add(line.pk)
    since = former[0].proposal.document_date
    return Changes(rates, frozenset(added), since, _shown(proposal, lines, rates, added))


def _former_lines(proposal: Proposal) -> list[ProposalLine]:
    """Return the lines of the last issued invoice of the same contract and bill-to before this one."""
    if proposal.kind != ProposalKind.INVOICE:
        return []
    earlier = Q(document_date__lt=proposal.document_date) | Q(
        document_date=proposal.document_date, created_at__lt=proposal.created_at
    )
    issued = Proposal.objects.filter(
        earlier,
        contract=proposal.contract_id,
        billing_account=proposal.billing_account_id,
        kind=ProposalKind.INVOICE,
        status__in=ISSUED,
    ).order_by("-document_date", "-created_at")
    lines = ProposalLine.objects.filter(proposal=Subquery(issued.values("pk")[:1]))
    return list(lines.select_related("proposal"))


def _subject(line: ProposalLine) -> tuple[str, str, str]:
    return (line.section, _undated(line), line.unit)


def _undated(line: ProposalLine) -> str:
    """Return what a line is about without the days that tell it from others: they differ every month."""
    return _DAYS.sub("", line.description)


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
            shown.append(Check(f"{_undated(line)} {before} to {now}{version}", "changed"))
        elif line.pk in added:
            price = f" at {number(line.unit_price, places=2)}" if line.unit_price is not None else ""
            shown.append(Check(f"{_undated(line)}{price} is new", "added"))
    return tuple(dict.fromkeys(shown))
