"""What a billing run would propose, and what would stay behind: shown before anything is written."""

import uuid
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Sum

from billing.drafting.preview import Document, preview
from billing.models import Proposal
from billing.queries.addresses import charges_address, contract_address, exception_address
from billing.queries.open_charges import contracts_with_open_charges, held_charges
from billing.queries.totals import Totals
from billing.queries.unapproved import UnapprovedTime, unapproved_time
from contracts.models import BillingAccount, Contract
from core.exceptions import OPEN_STATES
from core.models import ExceptionItem, LegalEntity


@dataclass(frozen=True)
class PreviewedDocument:
    """A document the run would draft; `net` in `currency`, `net_base` in the entity's base currency."""

    contract: str
    contract_name: str
    customer: str
    bill_to: str
    kind: str
    credits: str
    currency: str
    charges: int
    net: Decimal
    net_base: Decimal
    href: str


@dataclass(frozen=True)
class LeftOut:
    """Money the run would not take: a parked contract, work without a price, or work on hold."""

    code: str
    contract: str
    sentence: str
    amount: Decimal | None
    currency: str
    hours: Decimal | None = None
    href: str = ""


@dataclass(frozen=True)
class RunPreview:
    """The answer to: what if this run were started now."""

    legal_entity: str
    cut_off: date
    document_date: date
    documents: tuple[PreviewedDocument, ...]
    totals: Totals
    parked: tuple[LeftOut, ...]
    gaps: tuple[LeftOut, ...]
    held: tuple[LeftOut, ...]
    unapproved: tuple[UnapprovedTime, ...]


def preview_run(entity: LegalEntity, *, cut_off: date, document_date: date) -> RunPreview:
    """Answer by the drafting steps of a run, writing nothing; needs a request that is not read-only."""
    waiting = list(contracts_with_open_charges(entity.pk, cut_off).values_list("pk", flat=True))
    documents, failures = preview(waiting, cut_off=cut_off, document_date=document_date)
    contracts = Contract.objects.select_related("customer").in_bulk(waiting)
    base = entity.base_currency_id
    return RunPreview(
        legal_entity=entity.name,
        cut_off=cut_off,
        document_date=document_date,
        documents=_documents(documents, contracts, cut_off),
        totals=Totals.of(((one.currency, one.net, one.net_base) for one in documents), base),
        parked=tuple(
            LeftOut(
                failure.code,
                contracts[failure.contract_id].code,
                failure.sentence,
                failure.amount,
                failure.currency,
                href=contract_address(contracts[failure.contract_id].code),
            )
            for failure in failures
        ),
        gaps=_gaps(entity),
        held=_held(entity.pk, cut_off),
        unapproved=tuple(unapproved_time(entity.pk, cut_off)),
    )


def _documents(
    documents: list[Document], contracts: dict[uuid.UUID, Contract], cut_off: date
) -> tuple[PreviewedDocument, ...]:
    accounts = BillingAccount.objects.in_bulk([document.billing_account_id for document in documents])
    credited = Proposal.objects.in_bulk([one.credits_id for one in documents if one.credits_id])
    return tuple(
        PreviewedDocument(
            contract=contracts[one.contract_id].code,
            contract_name=contracts[one.contract_id].name,
            customer=contracts[one.contract_id].customer.name,
            bill_to=accounts[one.billing_account_id].name,
            kind=one.kind,
            credits=credited[one.credits_id].number if one.credits_id else "",
            currency=one.currency,
            charges=one.charges,
            net=one.net,
            net_base=one.net_base,
            href=charges_address(
                contract=contracts[one.contract_id].code, status="open", until=cut_off.isoformat()
            ),
        )
        for one in documents
    )


def _gaps(entity: LegalEntity) -> tuple[LeftOut, ...]:
    items = ExceptionItem.objects.filter(flow="pricing", legal_entity=entity, state__in=OPEN_STATES)
    return tuple(
        LeftOut(
            item.code,
            item.object_label,
            item.title,
            item.money_at_risk,
            item.currency,
            item.quantity_at_risk,
            exception_address(item.number),
        )
        for item in items.order_by("-money_at_risk", "number")
    )


def _held(legal_entity_id: uuid.UUID, cut_off: date) -> tuple[LeftOut, ...]:
    rows = (
        held_charges(legal_entity_id, cut_off)
        .values("contract__code", "currency")
        .annotate(
            amount=Sum("amount"), hours=Sum("worked_quantity"), sources=Count("source_id", distinct=True)
        )
        .order_by("contract__code", "currency")
    )
    return tuple(
        LeftOut(
            "held",
            row["contract__code"],
            f"{row['sources']} on hold" if row["sources"] > 1 else "1 piece of work on hold",
            row["amount"],
            row["currency"],
            row["hours"],
            charges_address(contract=row["contract__code"], held="yes"),
        )
        for row in rows
    )
