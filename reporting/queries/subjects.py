"""The objects a trace can start from, each with its part of the chain from contract to payment."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from billing.models import Charge, Proposal
from contracts.models import Contract
from core.models import ExceptionItem
from integrations.models import Delivery, Process
from projects.models import Project
from reporting.queries.addresses import address
from reporting.queries.chain import Stretch
from timesheets.models import TimeEntry


@dataclass(frozen=True)
class Subject:
    """One object; `stretch` is its part of the chain, where it has one.

    `aggregates` are those whose events tell its story; `failed` is the stage of the chain it stops.
    """

    kind: str
    id: UUID
    code: str
    label: str
    href: str
    stretch: Stretch | None = None
    aggregates: tuple[tuple[str, UUID], ...] = ()
    correlation_id: str = ""
    failed: str = ""


FAILED_AT = {
    "pricing": "price",
    "billing_run": "document",
    "release": "erp",
    "invoice_delivery": "erp",
    "reconciliation": "erp",
}


def contract_subject(contract: Contract) -> Subject:
    """Return a contract with all its work."""
    return Subject(
        "Contract",
        contract.pk,
        contract.code,
        contract.name,
        address("contract", contract.code),
        Stretch(contract.pk),
        (("contracts.contract", contract.pk),),
    )


def proposal_subject(proposal: Proposal) -> Subject:
    """Return a document with the work behind it."""
    kind = "Credit note" if proposal.kind == "credit_note" else "Invoice proposal"
    label = f"{proposal.erp_number}, {proposal.status}" if proposal.erp_number else proposal.status
    return Subject(
        kind,
        proposal.pk,
        proposal.number,
        label.replace("_", " "),
        address("proposal", proposal.number),
        Stretch(proposal.contract_id, proposal_id=proposal.pk),
        (("billing.proposal", proposal.pk), ("contracts.contract", proposal.contract_id)),
    )


def entry_subject(entry: TimeEntry) -> Subject:
    """Return a time entry with what was made of it."""
    project = entry.project
    return Subject(
        "Time entry",
        entry.pk,
        f"{entry.work_date:%-d %b %Y}",
        f"{entry.hours.normalize():f} h by {entry.worker} on {project.code}",
        address("time_entry", entry.pk),
        Stretch(project.contract_id, roots=(entry.root_id,)),
        (("timesheets.timesheet", entry.timesheet_id), ("contracts.contract", project.contract_id)),
    )


def exception_subject(item: ExceptionItem) -> Subject:
    """Return an exception with the part of the chain it stops."""
    stretch = None
    if item.object_type == "billing.proposal" and item.contract_id:
        stretch = Stretch(item.contract_id, proposal_id=item.object_id)
    elif item.contract_id:
        stretch = Stretch(item.contract_id)
    return Subject(
        "Exception",
        item.pk,
        item.number,
        item.title,
        address("exception", item.number),
        stretch,
        (("core.exceptionitem", item.pk), (item.object_type, item.object_id)),
        failed=FAILED_AT.get(item.flow, ""),
    )


def delivery_subject(delivery: Any) -> Subject:
    """Return a message to another system with the document it carries; read by `with_contracts`."""
    document, contract = ("billing.proposal", delivery.aggregate_id), delivery.of_contract
    about = (document, ("contracts.contract", contract)) if contract else ()
    return Subject(
        "Message",
        delivery.pk,
        delivery.operation.replace("_", " "),
        f"{delivery.aggregate_label}, {delivery.state}",
        address("delivery", delivery.pk),
        Stretch(contract, proposal_id=delivery.aggregate_id) if contract else None,
        (("integrations.delivery", delivery.pk), *about),
        correlation_id=delivery.correlation_id,
    )


def with_contracts(deliveries: QuerySet[Delivery]) -> QuerySet[Any]:
    """Read with messages the contract of the document they carry."""
    carried = Proposal.objects.filter(pk=OuterRef("aggregate_id")).order_by()
    return deliveries.annotate(of_contract=Subquery(carried.values("contract_id")))


def process_subject(process: Process) -> Subject:
    """Return a process with the contract it is for."""
    return Subject(
        "Process",
        process.pk,
        process.subject_label,
        f"{process.get_kind_display()}, {process.state}",
        address("process", process.pk),
        Stretch(process.contract_id) if process.contract_id else None,
        (("integrations.process", process.pk), (process.subject_type, process.subject_id)),
        correlation_id=process.correlation,
    )


def project_subject(project: Project) -> Subject:
    """Return a project with the work of its contract."""
    return Subject(
        "Project",
        project.pk,
        project.code,
        project.name,
        address("project", project.code),
        Stretch(project.contract_id),
        (("projects.project", project.pk), ("contracts.contract", project.contract_id)),
    )


def charge_subject(charge: Charge) -> Subject:
    """Return a charge with its source."""
    return Subject(
        "Charge",
        charge.pk,
        f"{charge.service_on:%-d %b %Y}",
        f"{charge.role} on {charge.project.code}",
        address("charge", charge.pk),
        Stretch(charge.contract_id, roots=(charge.source_id,)),
        (("contracts.contract", charge.contract_id),),
    )
