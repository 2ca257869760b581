"""What the ERP answers: posted, refused, paid. Called by integrations when a delivery is completed."""

import uuid
from datetime import date
from decimal import Decimal

from django.db.models import Sum
from django.db.models.functions import Coalesce

from billing.actions.steps.locking import lock_proposal
from billing.events import InvoicePaid, InvoicePosted, ProposalRefused
from billing.models import Charge, Payment, Proposal
from billing.states import PROPOSAL, ChargeStatus, PaymentStatus, ProposalStatus
from core.actors import Actor
from core.errors import Refusal
from core.events import record
from core.exceptions import Cause, close_exceptions, open_exception
from core.verbs import verb


class PostedTwice(Refusal):
    """The ERP reports a second number for a document that is posted already."""

    code = "posted_twice"


class PaymentCurrency(Refusal):
    """A payment is reported in another currency than its document."""

    code = "payment_currency"


@verb
def confirm_posting(
    proposal_id: uuid.UUID, *, erp_number: str, posted_on: date, actor: Actor, reason: str = ""
) -> Proposal:
    """Mark a releasing proposal as posted under the ERP's legal number. Records invoice.posted.

    Asking again with the same number returns it unchanged; another number is refused.
    """
    proposal = lock_proposal(proposal_id)
    if proposal.status == ProposalStatus.POSTED:
        if proposal.erp_number != erp_number:
            raise PostedTwice(f"{proposal.number} is posted as {proposal.erp_number}, not as {erp_number}.")
        return proposal
    PROPOSAL.check(proposal.status, ProposalStatus.POSTED, label=proposal.number)
    proposal.status, proposal.erp_number, proposal.posted_on = ProposalStatus.POSTED, erp_number, posted_on
    proposal.save(update_fields=["status", "erp_number", "posted_on"])
    Charge.objects.filter(proposal_line__proposal=proposal).update(status=ChargeStatus.INVOICED)
    payload = InvoicePosted(
        proposal.number, proposal.kind, erp_number, posted_on, proposal.gross, proposal.currency
    )
    record(proposal, payload, legal_entity_id=proposal.legal_entity_id)
    close_exceptions([_refusal_key(proposal)], actor=actor, resolution=f"Posted as {erp_number}.")
    return proposal


@verb
def return_refused(
    proposal_id: uuid.UUID, *, code: str, sentence: str, field: str = "", actor: Actor, reason: str = ""
) -> Proposal:
    """Return a proposal the ERP refused to draft, its charges no longer fixed, with an exception.

    `code` is the exception's: erp_rejected, or message_given_up where people stopped it (NOT_SENT).
    Records proposal.refused.
    """
    proposal = lock_proposal(proposal_id)
    if proposal.status == ProposalStatus.DRAFT and proposal.refusal == sentence[:400]:
        return proposal
    PROPOSAL.check(proposal.status, ProposalStatus.DRAFT, label=proposal.number)
    Charge.objects.filter(proposal_line__proposal=proposal).update(fixed_at=None)
    Proposal.objects.filter(pk=proposal.pk).update(
        status=ProposalStatus.DRAFT,
        approved_by=None,
        approved_at=None,
        approved_sha256="",
        refusal=sentence[:400],
    )
    record(
        proposal, ProposalRefused(proposal.number, code, sentence), legal_entity_id=proposal.legal_entity_id
    )
    open_exception(_refusal(proposal, code, sentence, field), actor=actor)
    proposal.refresh_from_db()
    return proposal


@verb
def record_payment(
    proposal_id: uuid.UUID,
    *,
    system: str,
    external_id: str,
    amount: Decimal,
    currency: str,
    paid_on: date,
    actor: Actor,
    reason: str = "",
) -> Proposal:
    """Mirror a payment of a posted document, once per (system, external id). Records invoice.paid."""
    proposal = lock_proposal(proposal_id)
    if currency != proposal.currency:
        raise PaymentCurrency(f"{proposal.number} is in {proposal.currency}, the payment in {currency}.")
    if Payment.objects.filter(system=system, external_id=external_id).exists():
        return proposal
    Payment.objects.create(
        proposal=proposal,
        system=system,
        external_id=external_id,
        amount=amount,
        currency=currency,
        paid_on=paid_on,
    )
    total: Decimal = proposal.payments.aggregate(total=Coalesce(Sum("amount"), Decimal(0)))["total"]
    proposal.paid_amount, proposal.payment_status = total, _payment_status(total, proposal.gross)
    proposal.save(update_fields=["paid_amount", "payment_status"])
    payload = InvoicePaid(
        proposal.number, external_id, amount, total, proposal.currency, proposal.payment_status
    )
    record(proposal, payload, legal_entity_id=proposal.legal_entity_id)
    return proposal


def _payment_status(paid: Decimal, gross: Decimal) -> str:
    if abs(paid) >= abs(gross):
        return PaymentStatus.PAID
    return PaymentStatus.PART_PAID if paid else PaymentStatus.UNPAID


def _refusal_key(proposal: Proposal) -> str:
    return f"erp_refusal:{proposal.pk}"


def _refusal(proposal: Proposal, code: str, sentence: str, field: str) -> Cause:
    account = proposal.billing_account
    return Cause(
        code=code,
        key=_refusal_key(proposal),
        title=sentence[:200],
        object_type="billing.proposal",
        object_id=proposal.pk,
        object_label=proposal.number,
        subject_label=account.customer.name,
        contract_id=proposal.contract_id,
        legal_entity_id=proposal.legal_entity_id,
        flow="release",
        team="finance",
        money_at_risk=abs(proposal.net),
        currency=proposal.currency,
        evidence={"sentence": sentence, "field": field, "billing_account": str(account.pk)},
    )
