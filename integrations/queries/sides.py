"""A month's rows with both sides next to each other, as the reconciliation page shows them."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from billing.models import ErpDocument, Proposal
from integrations.matching.invoices import following
from integrations.models import Break, Delivery, ReconciliationRun
from integrations.queries.reasons import POSTED_LATER, reason_of, their_absence
from integrations.states import BreakState, DeliveryState


@dataclass(frozen=True)
class Side:
    """One side's document: code, customer, date and net amount in its own currency."""

    code: str
    customer: str
    on: date
    amount: Decimal
    currency: str
    href: str = ""


@dataclass(frozen=True)
class SidedRow:
    """One aligned row; `amount` None means that no amount differs."""

    pk: uuid.UUID
    ours: Side | None
    theirs: Side | None
    amount: Decimal | None
    currency: str
    reason: str
    theirs_missing: str = ""
    ours_missing: str = "No invoice in billing"
    is_open: bool = False


def live_breaks(run: ReconciliationRun, currency: str) -> QuerySet[Any]:
    """Return the breaks that stand in the run's month and a currency, with what their rows show.

    `message_state` is the state of the last message about our document, empty where there was none;
    `posted_later` says that one arrived there after the comparison had read the other side.
    """
    messages = Delivery.objects.filter(
        aggregate_type="billing.proposal", aggregate_id=OuterRef("proposal_id")
    ).order_by("-delivery_seq")
    state = Coalesce(Subquery(messages.values("state")[:1]), Value(""))
    rows = Break.objects.filter(
        system=run.system_id, legal_entity=run.legal_entity_id, month=run.month, currency=currency
    ).exclude(state=BreakState.MATCHED)
    later = messages.filter(state=DeliveryState.DELIVERED, finished_at__gt=run.read_at or run.started_at)
    named = (
        "proposal__billing_account__customer",
        "erp_document",
        "exception__owner",
        "proposed_by",
        "system",
    )
    return (
        rows.select_related(*named)
        .annotate(message_state=state, posted_later=Exists(later))
        .order_by("-difference", "key")
    )


def matched_documents(run: ReconciliationRun, currency: str) -> QuerySet[ErpDocument]:
    """Return the ERP's documents that agree with ours in the run's month."""
    live = Break.objects.filter(month=run.month).exclude(state=BreakState.MATCHED)
    broken = live.filter(Q(erp_document=OuterRef("pk")) | Q(proposal=OuterRef("proposal")))
    return (
        ErpDocument.objects.filter(
            ~Exists(broken),
            system=run.system.code,
            legal_entity=run.legal_entity_id,
            currency=currency,
            state="posted",
            proposal__status="posted",
            proposal__document_date__gte=run.month,
            proposal__document_date__lt=following(run.month),
        )
        .select_related("proposal__billing_account__customer")
        .order_by("number")
    )


def excluded_documents(run: ReconciliationRun, currency: str) -> QuerySet[ErpDocument]:
    """Return the ERP's documents of the month that do not count: draft, void, deleted."""
    return ErpDocument.objects.filter(
        ~Q(state="posted"),
        system=run.system.code,
        legal_entity=run.legal_entity_id,
        currency=currency,
        proposal=None,
        document_date__gte=run.month,
        document_date__lt=following(run.month),
    ).order_by("number")


def break_rows(breaks: Iterable[Any], today: date) -> list[SidedRow]:
    """Return the breaks of `live_breaks` as aligned rows with their age on `today`."""
    return [_break_row(row, POSTED_LATER if row.posted_later else row.message_state, today) for row in breaks]


def document_rows(documents: Iterable[ErpDocument], reason: str = "") -> list[SidedRow]:
    """Return documents without a break as aligned rows."""
    return [
        SidedRow(
            pk=document.pk,
            ours=_ours(document.proposal) if document.proposal else None,
            theirs=_theirs(document),
            amount=None,
            currency=document.currency,
            reason=reason or f"{document.state.capitalize()} there",
        )
        for document in documents
    ]


def _break_row(row: Break, delivery_state: str, today: date) -> SidedRow:
    age = (today - row.created_at.date()).days
    counts_there = row.erp_document and not (row.kind == "currency" and row.ours is not None)
    return SidedRow(
        pk=row.pk,
        ours=_ours(row.proposal)
        if row.proposal and not (row.kind == "currency" and row.ours is None)
        else None,
        theirs=_theirs(row.erp_document) if row.erp_document and counts_there else None,
        amount=row.difference or row.tax_difference or None,
        currency=row.currency,
        reason=f"{reason_of(row, delivery_state)}, {age} d" if age > 0 else reason_of(row, delivery_state),
        theirs_missing=their_absence(row, delivery_state),
        ours_missing="No invoice in billing" if row.proposal is None else f"Not in {row.currency} in billing",
        is_open=row.state in {BreakState.OPEN, BreakState.PROPOSED},
    )


def _ours(proposal: Proposal) -> Side:
    return Side(
        code=proposal.number,
        customer=proposal.billing_account.customer.name,
        on=proposal.document_date,
        amount=proposal.net,
        currency=proposal.currency,
    )


def _theirs(document: ErpDocument) -> Side:
    return Side(
        code=document.number,
        customer=document.customer_name or document.customer,
        on=document.document_date,
        amount=document.net,
        currency=document.currency,
    )
