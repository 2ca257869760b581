"""Customers pay in the ERP, and Tieout reads it back."""

from datetime import timedelta
from decimal import Decimal

from django.db.models import Q

from billing.models import Proposal
from billing.states import PaymentStatus, ProposalKind, ProposalStatus
from config.demo.firm.systems import SYSTEM
from config.demo.path.agreement import CONTRACT
from config.demo.path.stage import Stage
from config.demo.path.waiting import settle_events
from core.money import round_money
from integrations.models import System
from integrations.relay.reading import read_changes

_UNPAID_CONTRACTS = frozenset({"C-3034", "C-1059"})
_PART_PAID_CONTRACT = "C-3013"


def collect(stage: Stage) -> None:
    """Register payments of older invoices and the new contract's first, some in part, and read them back."""
    old_or_new = Q(document_date__lt=stage.calendar.last_billed.first) | Q(contract__code=CONTRACT)
    due = Proposal.objects.filter(
        old_or_new,
        status=ProposalStatus.POSTED,
        kind=ProposalKind.INVOICE,
        payment_status=PaymentStatus.UNPAID,
    )
    registered = sum(_pay(stage, proposal) for proposal in due.select_related("contract").order_by("number"))
    read_changes(System.objects.get(code=SYSTEM))
    settle_events()
    posted = Proposal.objects.filter(status=ProposalStatus.POSTED)
    paid = posted.filter(payment_status=PaymentStatus.PAID).count()
    part = posted.filter(payment_status=PaymentStatus.PART_PAID).count()
    stage.say(
        f"Payments: {registered} registered in the ERP and read back;"
        f" {paid} invoices paid, {part} in part, {posted.count() - paid - part} open."
    )


def _pay(stage: Stage, proposal: Proposal) -> int:
    code = proposal.contract.code
    last_month = proposal.document_date >= stage.calendar.last_billed.plus(-1).first
    if code in _UNPAID_CONTRACTS and last_month:
        return 0
    amount = proposal.gross
    if code == _PART_PAID_CONTRACT and last_month:
        amount = round_money(amount * Decimal("0.4"), proposal.currency)
    if stage.erp.get_document(proposal.erp_number).paid:
        return 0
    stage.office.register_payment(
        proposal.erp_number,
        amount,
        proposal.currency,
        paid_on=min(
            proposal.document_date + timedelta(days=proposal.payment_terms_days), stage.calendar.today
        ),
        reference=proposal.number,
    )
    return 1
