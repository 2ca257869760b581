"""Billing's registers."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from billing.filters import ChargeFilter, DecisionFilter, ProposalFilter, RunFilter, UnbilledFilter
from billing.models import Proposal
from billing.queries.addresses import (
    charge_address,
    charges_address,
    contract_address,
    proposal_address,
    run_address,
)
from billing.queries.explanations import MEASURED, UNITS, explain_charge
from billing.queries.fixed_fees import name_of
from billing.queries.unbilled import AGES, bounds_of
from billing.states import Component, ProposalStatus
from core.models import User
from core.permissions import holds
from core.presentation.columns import Column
from core.presentation.formats import counted
from core.presentation.register import Empty, Register
from core.presentation.table import BulkAction, Table
from core.presentation.vocabulary import word


def stage_count_of(run: Any) -> str:
    """Return how many documents of a run of `staged` stand at its stage, in words; nothing for none."""
    return counted(run.stage_count, "document") if run.stage_count else ""


RUNS = Register(
    title="Billing runs",
    template="billing/runs.html",
    table=Table(
        columns=(
            Column("number", "Run", "id", sort="number", lead=True, link=run_address),
            Column("legal_entity", "Legal entity", read="legal_entity.name", sort="legal_entity__name"),
            Column("cut_off", "Work to", "day", sort="cut_off"),
            Column("document_date", "Dated", "day", sort="document_date"),
            Column("proposal_count", "Proposals", "count", sort="proposal_count"),
            Column("left_out", "Left out", "count", sort="left_out"),
            Column(
                "net_base",
                "Net in base",
                "money",
                currency="legal_entity.base_currency_id",
                sort="net_base",
                total="net_base",
            ),
            Column("prepared_by", "Prepared by", sort="prepared_by__last_name"),
            Column(
                "status",
                "Stage",
                "state",
                read="stage",
                detail=stage_count_of,
                subject="billing run",
                sort="stage",
            ),
        ),
        order="-created_at",
        noun=("run", "runs"),
        currency="legal_entity__base_currency",
    ),
    empty=Empty("No billing runs yet", "A run turns open charges into invoice proposals."),
    filterset=RunFilter,
)


def state_of(proposal: Proposal) -> str:
    """Return the state as people call it: a held proposal is on hold, a refused draft was rejected."""
    if proposal.on_hold:
        return "on_hold"
    return "refused" if proposal.refusal and proposal.status == ProposalStatus.DRAFT else proposal.status


def payment_of(proposal: Proposal) -> str:
    """Return how far a posted document is paid; what is not posted has no payment."""
    return proposal.payment_status if proposal.status == ProposalStatus.POSTED else ""


PROPOSALS = Register(
    title="Invoice proposals",
    table=Table(
        columns=(
            Column(
                "number",
                "Document",
                "id",
                sort="number",
                lead=True,
                link=lambda row: proposal_address(row.number),
                detail=lambda row: word(row.kind).text,
            ),
            Column(
                "customer",
                "Customer",
                read="billing_account.customer.name",
                detail=lambda row: f"{row.contract.code} {row.contract.name}",
                sort="billing_account__customer__name",
            ),
            Column(
                "run",
                "Run",
                "id",
                read="run.number",
                link=lambda row: run_address(row.run) if row.run else "",
                sort="run__number",
            ),
            Column("document_date", "Dated", "day", sort="document_date"),
            Column("net", "Net", "money", currency="currency", sort="net", total="net"),
            Column("gross", "Gross", "money", currency="currency", sort="gross", total="gross"),
            Column("erp_number", "ERP number", "id", sort="erp_number"),
            Column("payment_status", "Payment", "state", read=payment_of, sort="payment_status"),
            Column("status", "Status", "state", read=state_of, subject="proposal", sort="status"),
        ),
        order="-number",
        noun=("document", "documents"),
        currency="currency",
        amount="net",
        bulk=(
            BulkAction("Send for approval", "proposals_submit"),
            BulkAction("Approve", "proposals_approve", "E", primary=True),
        ),
        row_label="number",
    ),
    empty=Empty("No proposals yet", "A billing run drafts them from open charges."),
    filterset=ProposalFilter,
)

CHARGES = Register(
    title="Charges",
    table=Table(
        columns=(
            Column("service_on", "Work date", "day", sort="service_on", lead=True, link=charge_address),
            Column(
                "worker_name",
                "Person or part",
                read=lambda row: name_of(row) or row.worker_name,
                detail=lambda row: ", ".join(part for part in (row.task_name, row.project.code) if part),
                sort="worker_name",
            ),
            Column("contract", "Contract", "id", read="contract.code", sort="contract__code"),
            Column(
                "quantity",
                "Quantity",
                "quantity",
                read=lambda row: row.quantity if row.component in MEASURED and row.worker_id else None,
                unit=lambda row: UNITS[row.unit],
                sort="quantity",
            ),
            Column(
                "unit_price",
                "Price",
                "money",
                read=lambda row: row.unit_price if row.component == Component.BASE else None,
                currency="currency",
                sort="unit_price",
            ),
            Column("amount", "Amount", "money", currency="currency", sort="amount", total="amount"),
            Column("why", "Why", read=lambda row: explain_charge(row).sentence),
            Column(
                "document",
                "Document",
                "id",
                link=lambda row: proposal_address(row.document) if row.document else "",
            ),
            Column(
                "status",
                "Status",
                "state",
                read=lambda row: row.not_billable_reason or row.status,
                subject="charge",
                sort="status",
            ),
        ),
        order="-service_on",
        noun=("charge", "charges"),
        currency="currency",
        cursor=True,
    ),
    empty=Empty("No charges", "Approved work is priced at once and appears here."),
    filterset=ChargeFilter,
)


def _aged(name: str, label: str) -> Column:
    def link(row: Any) -> str:
        amount: Decimal = getattr(row, name)
        since, until = bounds_of(name)
        return (
            charges_address(contract=row.code, status="open", billable="true", since=since, until=until)
            if amount
            else ""
        )

    return Column(
        name,
        label,
        "money",
        read=lambda row: getattr(row, name) or None,
        currency="currency_id",
        sort=name,
        total=name,
        link=link,
    )


UNBILLED = Register(
    title="Unbilled work",
    template="billing/unbilled.html",
    table=Table(
        columns=(
            Column(
                "code",
                "Contract",
                read="name",
                detail="code",
                sort="code",
                lead=True,
                link=lambda row: contract_address(row.code),
            ),
            Column("customer", "Customer", read="customer.name", sort="customer__name"),
            _aged("open_amount", "Unbilled"),
            *(_aged(age.key, age.label) for age in AGES),
            Column("oldest", "Oldest", "age", sort="oldest"),
            Column(
                "kept_back",
                "Over caps",
                "money",
                currency="currency_id",
                sort="kept_back",
                link=lambda row: charges_address(contract=row.code, over="yes") if row.kept_back else "",
            ),
        ),
        order="-open_amount",
        noun=("contract", "contracts"),
        currency="currency",
    ),
    empty=Empty("Nothing is unbilled", "Every priced charge is on a document.", kind="done"),
    filterset=UnbilledFilter,
)

DECISIONS = Register(
    title="Decisions about money",
    template="billing/decisions.html",
    table=Table(
        columns=(
            Column(
                "kind",
                "Decision",
                read=lambda row: word(row.kind).text,
                detail="code",
                lead=True,
                link=lambda row: charges_address(contract=row.contract.code, source=row.source_id),
            ),
            Column(
                "contract", "Contract", read="contract.name", detail="contract.code", sort="contract__code"
            ),
            Column(
                "amount", "Amount", "money", currency="contract.currency_id", sort="amount", total="amount"
            ),
            Column("priced_at", "Of", "money", currency="contract.currency_id", sort="priced_at"),
            Column("reason", "Reason"),
            Column("author", "Asked by", sort="author__last_name"),
            Column("approved_by", "Approved by", sort="approved_by__last_name"),
            Column("created_at", "Asked", "age", sort="created_at"),
            Column("status", "Status", "state", sort="status"),
        ),
        order="-created_at",
        noun=("decision", "decisions"),
        currency="contract__currency",
        bulk=(
            BulkAction("Approve", "decisions_approve", "E", primary=True),
            BulkAction("Reject", "decisions_reject"),
        ),
    ),
    empty=Empty("No decisions yet", "Write-offs, write-downs and write-ups are asked for on a charge."),
    filterset=DecisionFilter,
)

# What a button over selected rows takes; who never holds it does not see the button.
PERMISSIONS = {
    "proposals_submit": "billing.prepare",
    "proposals_approve": "proposal.approve",
    "decisions_approve": "proposal.approve",
    "decisions_reject": "proposal.approve",
}


def for_person(register: Register, user: User) -> Register:
    """Return a register with the buttons the person may ever press."""
    bulk = tuple(one for one in register.table.bulk if holds(user, PERMISSIONS[one.url_name]))
    return replace(register, table=replace(register.table, bulk=bulk))
