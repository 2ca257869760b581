"""Billing's own checks of proposals; findings.sql finds what facts say, the header answers the rest."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from uuid import UUID

from django.db import connection

from billing.checks import CheckLine, Finding, proposal_checks
from billing.models import Proposal
from billing.queries.addresses import (
    charges_address,
    contract_address,
    exception_address,
    proposal_address,
    unapproved_time_address,
)
from billing.states import NOT_SENT, ProposalKind, ProposalStatus
from core.presentation.formats import counted, number
from core.presentation.parts import Link

REVIEWED = (ProposalStatus.DRAFT, ProposalStatus.IN_REVIEW, ProposalStatus.APPROVED)
RERATED = "rerated"


@dataclass(frozen=True)
class _Fact:
    """One row of findings.sql."""

    proposal_id: UUID
    key: str
    count: int
    amount: Decimal | None
    code: str
    text: str
    until: date | None

    @property
    def entries(self) -> str:
        return counted(self.count, "entry", "entries")

    @property
    def more(self) -> str:
        return f" and {self.count - 1} more" if self.count > 1 else ""


@proposal_checks(
    CheckLine("time_approved", "All time approved by project manager", 10),
    CheckLine("rates_in_force", "Rates in force on every work date", 20),
    CheckLine("no_blocking_exception", "No open difference or refused customer blocks the release", 30),
    CheckLine("tax_resolved", "Tax code resolved by a rule in force", 50),
    CheckLine("nothing_held", "Nothing of the contract is on hold", 60),
    CheckLine("within_ceilings", "Nothing is over a cap or purchase order", 65, lambda one: _is_invoice(one)),
    CheckLine("credit_first", "Goes out after every credit it follows", 70, lambda one: _is_invoice(one)),
)
def look_at_facts(proposals: Sequence[Proposal]) -> Iterable[tuple[UUID, str, Finding]]:
    """Find time, prices, exceptions, taxes, holds and credits that stand against proposals; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_facts(), {"proposals": [proposal.pk for proposal in proposals]})
        facts = [_Fact(*row) for row in cursor.fetchall()]
    return [(fact.proposal_id, fact.key, _WORDS[fact.key](fact)) for fact in facts]


@proposal_checks(
    CheckLine("purchase_order", "Purchase order present where required", 40),
    CheckLine("accepted_by_erp", "No longer refused by the ERP", 80, lambda one: bool(one.refusal)),
)
def look_at_headers(proposals: Sequence[Proposal]) -> Iterable[tuple[UUID, str, Finding]]:
    """Find missing purchase orders and drafts that the ERP sent back; no query."""
    for proposal in proposals:
        account = proposal.billing_account
        if proposal.status not in REVIEWED:
            continue
        if account.purchase_order_required and not proposal.purchase_order:
            text = f"{account.name} wants a purchase order, and the contract names none"
            remedy = Link("Open the contract", contract_address(proposal.contract.code))
            yield proposal.pk, "purchase_order", Finding(text, "PO missing", remedy=remedy)
        if proposal.refusal and proposal.status == ProposalStatus.DRAFT:
            yield proposal.pk, "accepted_by_erp", _refused(proposal.refusal)


def _refused(sentence: str) -> Finding:
    if sentence.startswith(NOT_SENT):
        return Finding(f"Given up before the ERP took it: {sentence.removeprefix(NOT_SENT)}", "Not sent")
    return Finding(f"The ERP refused it: {sentence}", "Rejected by ERP", "bad")


def _is_invoice(proposal: Proposal) -> bool:
    return proposal.kind == ProposalKind.INVOICE


def _time(fact: _Fact) -> Finding:
    assert fact.until is not None and fact.amount is not None
    text = f"{number(fact.amount, places=2)} h of {fact.entries} are not approved yet"
    remedy = Link("See the time", unapproved_time_address(fact.code, fact.until))
    return Finding(text, "Time missing", remedy=remedy)


def _unpriced(fact: _Fact) -> Finding:
    text = f"{fact.text}{fact.more}: not on this document, which can go without it"
    return Finding(text, "No price", remedy=_exception(fact))


def _blocked(fact: _Fact) -> Finding:
    return Finding(f"{fact.text}{fact.more}", "Blocked", "bad", _exception(fact))


def _exception(fact: _Fact) -> Link:
    return Link(fact.code, exception_address(fact.code))


def _tax(fact: _Fact) -> Finding:
    return Finding(f"No tax rule gives {fact.code} on the document date any more", "Tax code", "bad")


def _held(fact: _Fact) -> Finding:
    assert fact.amount is not None
    text = f"{fact.entries} worth {number(fact.amount, places=2)} {fact.text} on hold"
    remedy = Link("See what is held", charges_address(contract=fact.code, held="yes"))
    return Finding(text, remedy=remedy, holds_up=False)


def _over(fact: _Fact) -> Finding:
    assert fact.amount is not None
    text = f"{fact.entries} worth {number(fact.amount, places=2)} {fact.text} over a cap or purchase order"
    remedy = Link("See what is over", charges_address(contract=fact.code, over="yes"))
    return Finding(text, "Over cap", remedy=remedy, holds_up=False)


def _credit_first(fact: _Fact) -> Finding:
    text = f"Goes out after {fact.code or 'the credit note'} is posted"
    remedy = Link("Open it", proposal_address(fact.code)) if fact.code else None
    return Finding(text, remedy=remedy, holds_up=False)


def _rerated(fact: _Fact) -> Finding:
    return Finding("Costs another rate than the invoice before", "Re-rated", "info", holds_up=False)


_WORDS = {
    "time_approved": _time,
    "rates_in_force": _unpriced,
    "no_blocking_exception": _blocked,
    "tax_resolved": _tax,
    "nothing_held": _held,
    "within_ceilings": _over,
    "credit_first": _credit_first,
    RERATED: _rerated,
}


@cache
def _facts() -> str:
    return (Path(__file__).parent / "findings.sql").read_text()
