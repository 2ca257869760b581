"""May this be done now, and by this person: predicates that raise with a sentence."""

import uuid

from django.db.models import Q

from billing.models import Charge, Proposal
from billing.states import ProposalKind, ProposalStatus
from core.actors import Actor
from core.errors import Forbidden, Refusal
from core.exceptions import OPEN_STATES
from core.models import ExceptionItem


class SamePerson(Forbidden):
    """The one who prepared something may not approve it."""

    code = "same_person"


class OnHold(Refusal):
    """The proposal is kept back."""

    code = "on_hold"


class BlockedByException(Refusal):
    """Open exceptions of the contract stand against the release."""

    code = "blocked_by_exception"


class InvoiceFirst(Refusal):
    """A credit note goes out after the invoice it credits was posted."""

    code = "invoice_first"


class CreditFirst(Refusal):
    """A rebilled invoice goes out after the credit it follows was posted."""

    code = "credit_first"


def another_person(actor: Actor, prepared_by_id: uuid.UUID, what: str) -> None:
    """Refuse when the actor prepared what is to be approved; the system never approves."""
    if actor.user_id is None:
        raise SamePerson(f"{what} is approved by a person.")
    if actor.user_id == prepared_by_id:
        raise SamePerson(f"You prepared {what}, so a second person approves it.")


def not_on_hold(proposal: Proposal) -> None:
    """Refuse while the proposal is held."""
    if proposal.on_hold:
        raise OnHold(f"{proposal.number} is on hold: {proposal.hold_reason}")


def nothing_blocks(proposal: Proposal) -> None:
    """Refuse while exceptions of the contract block its releases, or the ERP finds the bill-to incomplete.

    An exception about the document itself does not keep it from being released anew.
    """
    of_contract = Q(contract_id=proposal.contract_id, blocks_release=True)
    of_customer = Q(code="customer_incomplete", evidence__billing_account_id=str(proposal.billing_account_id))
    open_ones = ExceptionItem.objects.filter(state__in=OPEN_STATES).filter(
        of_contract | (of_customer & ~Q(object_id=proposal.pk))
    )
    blocking = open_ones.order_by("opened_at").values_list("number", "title")[:3]
    if blocking:
        listed = "; ".join(f"{number} {title}" for number, title in blocking)
        raise BlockedByException(f"{proposal.number} cannot be released while these are open: {listed}.")


def invoice_posted_first(proposal: Proposal) -> None:
    """Refuse a credit note whose invoice the ERP has not posted: it may still refuse it."""
    invoice = proposal.credits
    if invoice and invoice.status != ProposalStatus.POSTED:
        raise InvoiceFirst(f"{proposal.number} credits {invoice.number}, which is not posted yet.")


def credit_posted_first(proposal: Proposal) -> None:
    """Refuse a rebilled invoice whose credit has not been posted yet."""
    if proposal.kind != ProposalKind.INVOICE:
        return
    anew = Charge.objects.filter(proposal_line__proposal=proposal, slice__startswith="price-")
    sources = anew.values("source_id")
    waiting = Charge.objects.filter(
        Q(contract_id=proposal.contract_id, source_id__in=sources, slice__startswith="reversal-")
    ).exclude(proposal_line__proposal__status=ProposalStatus.POSTED)
    if sources.exists() and waiting.exists():
        raise CreditFirst(f"{proposal.number} bills anew what is being credited: post the credit note first.")
