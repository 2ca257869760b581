"""A small firm of one legal entity, with one of everything that has an address."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from core.actions.exceptions import comment_exception
from core.actors import Actor
from core.models import Event, LegalEntity, User
from tests.document_factories import (
    BillingRunFactory,
    BreakFactory,
    ChargeFactory,
    DeliveryFactory,
    ErpDocumentFactory,
    ExternalReferenceFactory,
    HoldFactory,
    PaymentFactory,
    ProcessFactory,
    ProposalFactory,
    ProposalLineFactory,
)
from tests.factories import (
    AccountingPeriodFactory,
    AssignmentFactory,
    ContractFactory,
    ContractLineFactory,
    ContractVersionFactory,
    DealFactory,
    EmploymentFactory,
    ExceptionItemFactory,
    ExpenseFactory,
    FieldConflictFactory,
    LegalEntityFactory,
    MilestoneFactory,
    PayerFactory,
    ProjectFactory,
    RateCardFactory,
    RateFactory,
    SignOffLinkFactory,
    TaskFactory,
    TimeEntryFactory,
    WorkerFactory,
)


@dataclass
class World:
    """One legal entity and its objects; what belongs to it carries `mark` in its name or number.

    Only the entity itself does not: its name is no secret among colleagues.
    """

    entity: LegalEntity
    mark: str
    objects: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["objects"][name]
        except KeyError as error:
            raise AttributeError(name) from error


def build(mark: str, manager: User | None = None) -> World:
    """Create the firm; `manager` manages its project."""
    entity = LegalEntityFactory.create()
    world = World(entity, mark)
    contract = ContractFactory.create(code=f"C-{mark}", name=f"{mark} agreement", legal_entity=entity)
    version = ContractVersionFactory.create(contract=contract)
    line = ContractLineFactory.create(contract_version=version)
    payer = PayerFactory.create(contract_version=version)
    lead = getattr(manager, "worker", None) or WorkerFactory.create()
    project = ProjectFactory.create(code=f"P-{mark}", name=f"{mark} project", contract=contract, manager=lead)
    task = TaskFactory.create(project=project)
    worker = WorkerFactory.create()
    employment = EmploymentFactory.create(worker=worker, legal_entity=entity)
    assignment = AssignmentFactory.create(worker=worker, project=project)
    milestone = MilestoneFactory.create(code=f"MS-{mark}", project=project, term_key=f"{mark.lower()}-term")
    entry = TimeEntryFactory.create(worker=worker, task=task, approved=True, note=f"{mark} work")
    expense = ExpenseFactory.create(worker=worker, task=task, approved=True, note=f"{mark} trip")
    card = RateCardFactory.create(
        code=f"R-{mark}", name=f"{mark} prices", scope="legal_entity", legal_entity=entity
    )
    rate = RateFactory.create(card=card)
    run = BillingRunFactory.create(number=f"BR-{mark}", legal_entity=entity)
    proposal = ProposalFactory.create(
        number=f"IP-{mark}", contract_version=version, billing_account=payer.billing_account, run=run
    )
    proposal_line = ProposalLineFactory.create(proposal=proposal, description=f"{mark} work")
    charge = ChargeFactory.create(
        contract=contract,
        project=project,
        billing_account=payer.billing_account,
        source_id=entry.root_id,
        task_id=task.pk,
        worker_id=worker.pk,
    )
    posted = ProposalFactory.create(
        number=f"IP-{mark}-2", contract_version=version, billing_account=payer.billing_account, posted=True
    )
    delivery = DeliveryFactory.create(
        legal_entity=entity,
        aggregate_id=proposal.pk,
        aggregate_label=proposal.number,
        payload={"number": proposal.number, "net": "900.00", "currency": "GBP"},
        state="rejected",
    )
    process = ProcessFactory.create(
        legal_entity=entity, subject_id=contract.pk, subject_label=contract.code, contract_id=contract.pk
    )
    difference = BreakFactory.create(
        run__legal_entity=entity,
        key=f"break:{mark}",
        proposal=posted,
        erp_document=ErpDocumentFactory.create(number=f"RE-{mark}", legal_entity=entity),
    )
    item = ExceptionItemFactory.create(
        number=f"EX-{mark}",
        title=f"{mark} fault",
        legal_entity=entity,
        contract_id=contract.pk,
        object_id=contract.pk,
    )
    deal = DealFactory.create(source_id=f"OPP-{mark}", name=f"{mark} deal", legal_entity=entity)
    world.objects = {
        "deal": deal,
        "conflict": FieldConflictFactory.create(deal=deal),
        "contract": contract,
        "process": process,
        "version": version,
        "line": line,
        "payer": payer,
        "project": project,
        "task": task,
        "worker": worker,
        "employment": employment,
        "assignment": assignment,
        "entry": entry,
        "expense": expense,
        "timesheet": entry.timesheet,
        "card": card,
        "rate": rate,
        "run": run,
        "proposal": proposal,
        "proposal_line": proposal_line,
        "charge": charge,
        "delivery": delivery,
        "break": difference,
        "comparison": difference.run,
        "item": item,
        "customer": contract.customer,
        "account": payer.billing_account,
        "period": AccountingPeriodFactory.create(legal_entity=entity),
        "milestone": milestone,
        "link": SignOffLinkFactory.create(milestone=milestone, recipient=f"{mark} client"),
        "hold": HoldFactory.create(contract=contract, source_id=entry.root_id),
        "payment": PaymentFactory.create(proposal=posted, external_id=f"PAY-{mark}"),
        "reference": ExternalReferenceFactory.create(object_id=proposal.pk, external_id=f"X-{mark}"),
        "system": delivery.system,
        "document": difference.erp_document,
    }
    comment_exception(item.pk, comment=f"{mark} remark", actor=Actor.system("test"))
    world.objects["event"] = Event.objects.get(aggregate_id=item.pk)
    return world


def routes() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield every named address of the product outside the stock administration, with its parameters."""
    for address, name, parameters in _walk(get_resolver().url_patterns, ""):
        if not address.startswith(("admin/", "static/")):
            assert name, address
            yield name, parameters


def _walk(patterns: Any, before: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for pattern in patterns:
        address = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, address)
        elif isinstance(pattern, URLPattern):
            regex = pattern.pattern.regex
            yield address, str(pattern.name or ""), tuple(regex.groupindex)
