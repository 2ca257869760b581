"""Billing's own checks of proposals; billing/checks.py runs them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, Min, OuterRef

from billing.checks import Finding, proposal_check
from billing.drafting.build import content_sha256
from billing.models import Proposal, ProposalLine, TaxRule
from billing.queries.addresses import (
    charges_address,
    contract_address,
    exception_address,
    proposal_address,
    unapproved_time_address,
)
from billing.states import ProposalKind, ProposalStatus
from core.exceptions import OPEN_STATES
from core.models import ExceptionItem
from core.presentation.formats import number
from core.presentation.parts import Link

WITH_THE_ERP = (ProposalStatus.RELEASING, ProposalStatus.POSTED, ProposalStatus.DISCARDED)


@proposal_check("time_approved", passed="All time approved by project manager", order=10)
def time_is_approved(proposals: Sequence[Proposal]) -> dict[UUID, Finding]:
    """Find submitted and draft time up to the cut-off: it will be billed late."""
    waiting = _rows(_UNAPPROVED, _open_invoices(proposals))
    return {
        row["id"]: Finding(
            f"{number(row['hours'], places=2)} h of {_entries(row['entries'])} are not approved yet",
            tag="Time missing",
            remedy=Link("See the time", unapproved_time_address(row["code"], row["until"])),
        )
        for row in waiting
    }


@proposal_check("rates_in_force", passed="Rates in force on every work date", order=20)
def rates_are_in_force(proposals: Sequence[Proposal]) -> dict[UUID, Finding]:
    """Find approved work of the contract that has no price."""
    return _exceptions(proposals, "No price", flow="pricing")


@proposal_check("no_blocking_exception", passed="No open exception blocks the release", order=30)
def nothing_blocks(proposals: Sequence[Proposal]) -> dict[UUID, Finding]:
    """Find open exceptions of the contract that block its releases."""
    return _exceptions(proposals, "Blocked", tone="bad", blocks_release=True)


@proposal_check("purchase_order", passed="Purchase order present where required", order=40)
def purchase_order_is_there(proposals: Sequence[Proposal]) -> dict[UUID, Finding]:
    """Find bill-tos that want a purchase order where none is named."""
    return {
        proposal.pk: Finding(
            f"{proposal.billing_account.name} wants a purchase order, and the contract names none",
            tag="PO missing",
            remedy=Link("Open the contract", contract_address(proposal.contract.code)),
        )
        for proposal in proposals
        if proposal.billing_account.purchase_order_required
        and not proposal.purchase_order
        and proposal.status not in WITH_THE_ERP
    }


@proposal_check("tax_resolved", passed="Tax code resolved by a rule in force", order=50)
def tax_is_resolved(proposals: Sequence[Proposal]) -> dict[UUID, Finding]:
    """Find lines whose tax code no rule gives any more on the document date."""
    rule = TaxRule.objects.filter(
        legal_entity=OuterRef("proposal__legal_entity"),
        tax_code=OuterRef("tax_code"),
        valid__contains=OuterRef("proposal__document_date"),
    )
    lost = ProposalLine.objects.filter(~Exists(rule), proposal__in=_open_invoices(proposals))
    return {
        row["proposal"]: Finding(
            f"No tax rule gives {row['code']} on the document date any more", tag="Tax code", tone="bad"
        )
        for row in lost.values("proposal").annotate(code=Min("tax_code__code")).order_by("proposal")
    }


@proposal_check("nothing_held", passed="Nothing of the contract is on hold", order=60)
def nothing_is_held(proposals: Sequence[Proposal]) -> dict[UUID, Finding]:
    """Find work of the contract that a hold keeps off proposals."""
    return {
        row["id"]: Finding(
            f"{_entries(row['entries'])} worth {number(row['amount'], places=2)} {row['currency']} on hold",
            remedy=Link("See what is held", charges_address(contract=row["code"], held="yes")),
            holds_up=False,
        )
        for row in _rows(_HELD, _open_invoices(proposals))
    }


@proposal_check("credit_first", passed="Goes out after every credit it follows", order=70)
def credit_is_posted_first(proposals: Sequence[Proposal]) -> dict[UUID, Finding]:
    """Find invoices that bill anew what a credit note has yet to take back."""
    return {
        row["id"]: Finding(
            f"Goes out after {row['credit'] or 'the credit note'} is posted",
            remedy=Link("Open it", proposal_address(row["credit"])) if row["credit"] else None,
            holds_up=False,
        )
        for row in _rows(_CREDIT_FIRST, _open_invoices(proposals))
    }


@proposal_check(
    "accepted_by_erp",
    passed="No longer refused by the ERP",
    order=80,
    applies=lambda proposal: bool(proposal.refusal),
)
def erp_has_not_refused(proposals: Sequence[Proposal]) -> dict[UUID, Finding]:
    """Find drafts that the ERP sent back."""
    return {
        proposal.pk: Finding(f"The ERP refused it: {proposal.refusal}", tag="Rejected by ERP", tone="bad")
        for proposal in proposals
        if proposal.refusal and proposal.status == ProposalStatus.DRAFT
    }


@proposal_check(
    "content_approved",
    passed="Content is what was approved",
    order=90,
    costly=True,
    applies=lambda proposal: proposal.status == ProposalStatus.APPROVED,
)
def content_is_what_was_approved(proposals: Sequence[Proposal]) -> dict[UUID, Finding]:
    """Find an approval of another content than the one that stands there."""
    return {
        proposal.pk: Finding("The content is not what was approved: return it to draft", tone="bad")
        for proposal in proposals
        if proposal.status == ProposalStatus.APPROVED and proposal.approved_sha256 != content_sha256(proposal)
    }


def _exceptions(
    proposals: Sequence[Proposal], tag: str, tone: str = "warn", **filters: Any
) -> dict[UUID, Finding]:
    live = [proposal for proposal in proposals if proposal.status not in WITH_THE_ERP]
    items = ExceptionItem.objects.filter(
        contract_id__in={proposal.contract_id for proposal in live}, state__in=OPEN_STATES, **filters
    )
    by_contract: dict[UUID | None, list[ExceptionItem]] = {}
    for item in items.order_by("number"):
        by_contract.setdefault(item.contract_id, []).append(item)
    return {
        proposal.pk: _exception_finding(by_contract[proposal.contract_id], tag, tone)
        for proposal in live
        if proposal.contract_id in by_contract
    }


def _exception_finding(items: list[ExceptionItem], tag: str, tone: str) -> Finding:
    more = f" and {len(items) - 1} more" if len(items) > 1 else ""
    remedy = Link(items[0].number, exception_address(items[0].number))
    return Finding(f"{items[0].title}{more}", tag=tag, tone=tone, remedy=remedy)


def _open_invoices(proposals: Sequence[Proposal]) -> list[UUID]:
    return [
        proposal.pk
        for proposal in proposals
        if proposal.kind == ProposalKind.INVOICE and proposal.status not in WITH_THE_ERP
    ]


def _rows(query: str, ids: list[UUID]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(query, [ids])
        names = [column.name for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count} entries"


_UNAPPROVED = """
SELECT p.id, k.code, coalesce(b.cut_off, p.service_to) AS until, count(*) AS entries, sum(e.hours) AS hours
FROM billing_proposal p
JOIN contracts_contract k ON k.id = p.contract_id
LEFT JOIN billing_billingrun b ON b.id = p.run_id
JOIN projects_project j ON j.contract_id = p.contract_id
JOIN timesheets_timeentry e ON e.project_id = j.id AND e.status IN ('draft', 'submitted')
 AND e.work_date <= coalesce(b.cut_off, p.service_to)
WHERE p.id = ANY(%s) GROUP BY p.id, k.code, b.cut_off
"""

_HELD = """
SELECT p.id, k.code, p.currency, count(DISTINCT c.source_id) AS entries, sum(c.amount) AS amount
FROM billing_proposal p
JOIN contracts_contract k ON k.id = p.contract_id
LEFT JOIN billing_billingrun b ON b.id = p.run_id
JOIN billing_hold h ON h.contract_id = p.contract_id AND h.released_at IS NULL
JOIN billing_charge c ON c.contract_id = h.contract_id AND c.source_id = h.source_id AND c.status = 'open'
 AND c.billable AND c.billing_account_id = p.billing_account_id
 AND c.service_on <= coalesce(b.cut_off, p.service_to)
WHERE p.id = ANY(%s) GROUP BY p.id, k.code, p.currency
"""

_CREDIT_FIRST = """
SELECT p.id, min(q.number) AS credit
FROM billing_proposal p
JOIN billing_proposalline l ON l.proposal_id = p.id
JOIN billing_charge c ON c.proposal_line_id = l.id AND c.slice LIKE 'price-%%'
JOIN billing_charge r ON r.contract_id = c.contract_id AND r.source_id = c.source_id
 AND r.slice LIKE 'reversal-%%'
LEFT JOIN billing_proposalline rl ON rl.id = r.proposal_line_id
LEFT JOIN billing_proposal q ON q.id = rl.proposal_id
WHERE p.id = ANY(%s) AND q.status IS DISTINCT FROM 'posted' GROUP BY p.id
"""
