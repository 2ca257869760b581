"""Draft proposals from open charges, and recalculate them when the facts behind them change. Steps."""

import hashlib
import json
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from django.db import connection

from billing.events import ProposalCreated, ProposalDiscarded, ProposalRecalculated
from billing.models import Charge, Proposal, ProposalLine, ProposalTax
from billing.states import ProposalStatus
from core.actors import Actor
from core.events import Happening, record_all
from core.verbs import set_local

RECALCULATED = (ProposalStatus.DRAFT, ProposalStatus.IN_REVIEW, ProposalStatus.APPROVED)


@dataclass(frozen=True)
class Failure:
    """A contract that could not be proposed, with the money it holds back in `currency`."""

    contract_id: uuid.UUID
    code: str
    sentence: str
    amount: Decimal
    currency: str
    detail: str


@dataclass(frozen=True)
class Drafted:
    """What a drafting pass made."""

    proposal_ids: list[uuid.UUID]
    failures: list[Failure]


def draft(
    contract_ids: Collection[uuid.UUID],
    *,
    run_id: uuid.UUID | None,
    cut_off: date,
    document_date: date,
    prepared_by: uuid.UUID,
) -> Drafted:
    """Put the open charges of locked contracts on new proposals; park contracts that cannot be proposed."""
    set_local(run_id=str(run_id or ""), prepared_by=str(prepared_by))
    failures = collect(contract_ids, cut_off=cut_off, document_date=document_date)
    for step in ("documents", "lines", "totals"):
        _execute(step)
    created = list(
        Proposal.objects.filter(pk__in=_ids("SELECT proposal_id FROM draft_document")).order_by("number")
    )
    record_all(
        Happening(
            "billing.proposal",
            proposal.pk,
            ProposalCreated(proposal.number, proposal.kind, proposal.net, proposal.currency),
            proposal.legal_entity_id,
        )
        for proposal in created
    )
    return Drafted([proposal.pk for proposal in created], failures)


def collect(contract_ids: Collection[uuid.UUID], *, cut_off: date, document_date: date) -> list[Failure]:
    """Fill the working tables with what goes on which document, and return the contracts left out.

    Only working tables are written, so a preview takes this step alone.
    """
    set_local(cut_off=cut_off.isoformat(), document_date=document_date.isoformat())
    _execute("tables")
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO draft_contract SELECT unnest(%s::uuid[])", [list(contract_ids)])
    for step in ("collect", "tax", "park"):
        _execute(step)
    return _failures()


def recalculate(proposal_ids: Sequence[uuid.UUID], *, actor: Actor) -> None:
    """Rebuild lines and totals of proposals whose charges moved.

    An approval falls only if the content changed; a proposal without charges is discarded. Proposals
    that are releasing or posted are never touched: their charges are fixed.
    """
    before = {
        proposal.pk: proposal
        for proposal in Proposal.objects.filter(pk__in=proposal_ids, status__in=RECALCULATED)
        .order_by("pk")
        .select_for_update(no_key=True)
    }
    if not before:
        return
    _execute("tables")
    with connection.cursor() as cursor:
        cursor.execute(_CHARGES_AGAIN, [list(before)])
        cursor.execute(_DOCUMENTS_AGAIN, [list(before)])
    for step in ("tax", "lines", "totals"):
        if step == "lines":
            _keep_former_tax_code()
        _execute(step)
    _settle(before)


def content_sha256(proposal: Proposal) -> str:
    """Return the hash of what an approver approves: header, lines, taxes and totals."""
    lines = ProposalLine.objects.filter(proposal=proposal).order_by("group_key")
    taxes = ProposalTax.objects.filter(proposal=proposal).order_by("tax_code_id")
    content = {
        "head": [str(getattr(proposal, name)) for name in _HEAD],
        "amounts": [
            _plain(getattr(proposal, name)) for name in ("net", "tax", "gross", "net_base", "fx_rate")
        ],
        "lines": [
            [line.group_key, line.description, _plain(line.quantity), _plain(line.net)] for line in lines
        ],
        "taxes": [[str(tax.tax_code_id), _plain(tax.base), _plain(tax.amount)] for tax in taxes],
    }
    return hashlib.sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()


def _settle(before: dict[uuid.UUID, Proposal]) -> None:
    happenings = []
    for proposal in Proposal.objects.filter(pk__in=before).order_by("pk"):
        old = before[proposal.pk]
        if not Charge.objects.filter(proposal_line__proposal=proposal).exists():
            happenings.append(_discard_empty(proposal))
            continue
        fell = proposal.status == ProposalStatus.APPROVED and content_sha256(proposal) != old.approved_sha256
        if fell:
            Proposal.objects.filter(pk=proposal.pk).update(
                status=ProposalStatus.DRAFT, approved_by=None, approved_at=None, approved_sha256=""
            )
        happenings.append(
            Happening(
                "billing.proposal",
                proposal.pk,
                ProposalRecalculated(proposal.number, old.net, proposal.net, proposal.currency, fell),
                proposal.legal_entity_id,
            )
        )
    record_all(happenings)


def _discard_empty(proposal: Proposal) -> Happening:
    ProposalTax.objects.filter(proposal=proposal).delete()
    ProposalLine.objects.filter(proposal=proposal).delete()
    Proposal.objects.filter(pk=proposal.pk).update(
        status=ProposalStatus.DISCARDED,
        approved_by=None,
        approved_at=None,
        approved_sha256="",
        net=0,
        tax=0,
        gross=0,
        net_base=0,
    )
    return Happening(
        "billing.proposal", proposal.pk, ProposalDiscarded(proposal.number), proposal.legal_entity_id
    )


def _keep_former_tax_code() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE draft_charge d SET tax_code_id = l.tax_code_id
               FROM billing_charge c JOIN billing_proposalline l ON l.id = c.proposal_line_id
               WHERE c.id = d.charge_id AND d.tax_code_id IS NULL"""
        )


def _plain(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount.normalize():f}"


@cache
def _statement(step: str) -> str:
    return (Path(__file__).parent / f"{step}.sql").read_text()


def _execute(step: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_statement(step))


def _ids(query: str) -> list[uuid.UUID]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [row[0] for row in cursor.fetchall()]


def _failures() -> list[Failure]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT contract_id, code, sentence, amount, currency, detail FROM draft_failure")
        return [Failure(*row) for row in cursor.fetchall()]


_HEAD = (
    "number",
    "kind",
    "legal_entity_id",
    "billing_account_id",
    "contract_id",
    "credits_id",
    "currency",
    "purchase_order",
    "payment_terms_days",
    "document_date",
)

_CHARGES_AGAIN = """
INSERT INTO draft_charge
SELECT c.id, p.id, c.contract_id, c.billing_account_id, p.legal_entity_id, c.service_line, c.reverses_id,
       p.credits_id, c.amount, c.currency, NULL
FROM billing_proposal p
JOIN billing_proposalline l ON l.proposal_id = p.id
JOIN billing_charge c ON c.proposal_line_id = l.id
WHERE p.id = ANY(%s)
"""

_DOCUMENTS_AGAIN = """
INSERT INTO draft_document
SELECT p.id, p.contract_id, p.billing_account_id, p.kind, p.credits_id, p.currency, p.legal_entity_id,
       p.document_date, p.contract_version_id
FROM billing_proposal p WHERE p.id = ANY(%s)
"""
