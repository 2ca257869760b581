"""The page of one document: its review, its history, and what the ERP reported about it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from billing.models import ErpDocument, Payment, Proposal
from billing.queries.addresses import proposal_address
from billing.queries.proposal_review import ProposalReview, proposal_review
from core.models import User
from core.presentation.formats import day, money
from core.presentation.parts import Activity, Fact, Link
from core.queries.activity import events_of, feed


@dataclass(frozen=True)
class ErpReport:
    """What the ERP says about the document, and when it was last read."""

    facts: tuple[Fact, ...]
    read_at: datetime | None


@dataclass(frozen=True)
class ProposalPage:
    """Everything on the page; `left_to_pay` is in the document's currency, None before posting."""

    review: ProposalReview
    erp: ErpReport
    payments: tuple[Payment, ...]
    left_to_pay: Decimal | None
    related: tuple[Link, ...]
    history: tuple[Activity, ...]


def proposal_page(
    proposal: Any, user: User, *, opened: Collection[str] = (), address: str = ""
) -> ProposalPage:
    """Return the page of a document read by `reviewed`."""
    posted = proposal.posted_on is not None
    credited_by = proposal.credit_notes.exclude(status="discarded").order_by("number") if posted else ()
    return ProposalPage(
        review=proposal_review(proposal, user, opened=opened, address=address),
        erp=_erp(proposal),
        payments=tuple(proposal.payments.all()) if posted else (),
        left_to_pay=proposal.gross - proposal.paid_amount if posted else None,
        related=tuple(Link(one.number, proposal_address(one.number)) for one in credited_by),
        history=tuple(feed(events_of("billing.proposal", [proposal.pk]))),
    )


def _erp(proposal: Proposal) -> ErpReport:
    if not proposal.revision:
        return ErpReport((), None)
    document: ErpDocument | None = proposal.erp_documents.order_by("-read_at").first()
    if document is None:
        facts = (Fact("Number", proposal.erp_number),) if proposal.erp_number else ()
        return ErpReport(facts, None)
    return ErpReport(
        (
            Fact("Number", document.number, quiet=document.system),
            Fact("State", document.state.replace("_", " ").capitalize()),
            Fact("Dated", day(document.document_date)),
            Fact("Customer", document.customer_name or document.customer),
            Fact("Net", money(document.net, document.currency)),
            Fact("Tax", money(document.tax, document.currency)),
            Fact("Gross", money(document.gross, document.currency)),
        ),
        document.read_at,
    )
