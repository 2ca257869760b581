"""Billing on the home page: runs, approvals, unbilled work."""

from typing import Any

from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import Abs

from billing.models import Charge
from billing.queries.addresses import charges_address, proposals_address
from billing.queries.registers import staged
from billing.queries.visibility import visible_charges, visible_proposals, visible_runs
from billing.states import ChargeStatus, ProposalStatus
from core.presentation.formats import counted, day
from core.presentation.parts import Kpi, Link
from core.queries.exchange import Amount
from reporting.home.parts import Line, Reader, Section, total_kpi
from reporting.queries.addresses import address

MOST = 6
RUNS = 4


def current_runs(reader: Reader) -> Section:
    """List the latest billing runs with what they propose."""
    runs = visible_runs(reader.user).select_related("legal_entity").order_by("-created_at")
    summed = staged(runs).annotate(documents=Count("proposals"), net=Sum("proposals__net_base"))
    lines = tuple(
        Line(
            run.number,
            address("billing_run", run.number),
            f"{run.legal_entity} up to {day(run.cut_off)} · {_documents_of(run)}",
            run.net,
            run.legal_entity.base_currency_id,
            state=run.stage,
            subject="billing run",
        )
        for run in summed[:RUNS]
    )
    more = Link("All billing runs", address("billing_runs"))
    return Section("Billing runs", lines, "No billing run yet.", more)


def to_approve(reader: Reader) -> Section:
    """List the documents a second person must approve, largest first."""
    waiting = visible_proposals(reader.user).filter(status=ProposalStatus.IN_REVIEW)
    others = waiting.exclude(prepared_by=reader.user).select_related("billing_account")
    lines = tuple(
        Line(
            proposal.number,
            address("proposal", proposal.number),
            proposal.billing_account.name,
            proposal.gross,
            proposal.currency,
        )
        for proposal in others.order_by(Abs(F("net_base")).desc(nulls_last=True), "number")[:MOST]
    )
    more = Link("All waiting for approval", proposals_address(status=ProposalStatus.IN_REVIEW))
    return Section("Invoices to approve", lines, "No invoice waits for your approval.", more)


def unbilled_by_contract(reader: Reader) -> Section:
    """List the contracts with most approved work that is on no document."""
    sums = _open(reader).values("contract__code", "contract__name", "contract__customer__name", "currency")
    lines = tuple(
        Line(
            f"{line['contract__code']} {line['contract__name']}",
            address("contract", line["contract__code"]),
            line["contract__customer__name"],
            line["amount"],
            line["currency"],
        )
        for line in sums.annotate(amount=Sum("amount")).order_by("-amount", "contract__code")[:MOST]
    )
    more = Link("All unbilled work", address("unbilled"))
    return Section("Unbilled work", lines, "All approved work is billed.", more)


def unbilled(reader: Reader) -> Kpi:
    """Return the approved, billable work that is on no document."""
    rows = _open(reader).order_by().values_list("currency").annotate(amount=Sum("amount"))
    total = reader.exchange.total(Amount(amount, code) for code, amount in rows)
    return total_kpi("Unbilled work", total, href=charges_address(status=ChargeStatus.OPEN, billable="true"))


def in_approval(reader: Reader) -> Kpi:
    """Return the documents that wait for a second person."""
    href = proposals_address(status=ProposalStatus.IN_REVIEW)
    return _documents(reader, "Waiting for approval", href, ProposalStatus.IN_REVIEW)


def billed(reader: Reader) -> Kpi:
    """Return what was posted this month."""
    month = reader.now.date().replace(day=1)
    href = proposals_address(status=ProposalStatus.POSTED, posted_from=month.isoformat())
    return _documents(reader, "Billed this month", href, ProposalStatus.POSTED, posted_on__gte=month)


def _documents_of(run: Any) -> str:
    """Tell how many documents a run has, and how many of them stand at its stage."""
    said = counted(run.documents, "document")
    return said if run.stage_count in {0, run.documents} else f"{run.stage_count} of {said}"


def _documents(reader: Reader, label: str, href: str, status: str, **narrowed: object) -> Kpi:
    found = visible_proposals(reader.user).filter(status=status, **narrowed)
    rows = found.order_by().values_list("currency").annotate(net=Sum("net"))
    total = reader.exchange.total(Amount(net, code) for code, net in rows)
    return total_kpi(label, total, href=href)


def _open(reader: Reader) -> QuerySet[Charge]:
    return visible_charges(reader.user).filter(status=ChargeStatus.OPEN, billable=True)
