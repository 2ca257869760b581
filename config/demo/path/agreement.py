"""A new contract, from its first draft to work that has a price."""

from datetime import timedelta
from decimal import Decimal

from django.db.models import Sum

from billing.models import Charge
from config.demo.path.stage import Stage
from config.demo.path.waiting import settle_events
from contracts.actions.contracts import create_contract
from contracts.actions.terms import LineTerms, PayerTerms
from contracts.actions.versions import approve_version, submit_version
from contracts.models import Contract, Customer, DeliveryRole, ServiceLine
from contracts.states import ContractStatus, VersionStatus
from core.models import LegalEntity
from projects.actions.assignments import assign_worker
from projects.actions.projects import activate_project, create_project
from projects.actions.tasks import add_task
from projects.models import Project, Worker
from projects.states import ProjectStatus
from timesheets.actions.approvals import approve_time
from timesheets.actions.weeks import Cell, record_week, submit_time
from timesheets.models import TimeEntry
from timesheets.states import EntryStatus

CONTRACT, PROJECT, TASK = "C-1090", "P-1090", "SIGNS"
_NAME = "Station wayfinding"
_HOURS = "1.50"
_DAYS = (0, 1, 2, 3)
_WEEKS = 3


def agree(stage: Stage) -> Contract:
    """Draft the contract, and have somebody else approve it."""
    contract = Contract.objects.filter(code=CONTRACT).first() or _draft(stage)
    version = contract.versions.get()
    if version.status == VersionStatus.DRAFT:
        submit_version(version.pk, actor=stage.cast.finance)
    approve_version(version.pk, actor=stage.cast.finance_lead)
    contract.refresh_from_db()
    assert contract.status == ContractStatus.ACTIVE
    stage.say(
        f"Contract {contract}: version 1 from {version.effective_from:%-d %b %Y},"
        f" drafted by {stage.cast.finance.name}, approved by {stage.cast.finance_lead.name}."
    )
    return contract


def staff(stage: Stage, contract: Contract) -> Project:
    """Open its project and put the consultant on it."""
    project = Project.objects.filter(code=PROJECT).first() or _plan(stage, contract)
    worker = Worker.objects.get(user=stage.cast.consultant.user)
    if not project.tasks.exists():
        add_task(project.pk, code=TASK, name="Sign plans", contract_line_key="work", actor=stage.cast.pmo)
    if not project.assignments.exists():
        assign_worker(
            project.pk,
            worker_id=worker.pk,
            role_id=DeliveryRole.objects.get(code="consultant").pk,
            starts_on=project.starts_on,
            allocation_percent=Decimal(20),
            actor=stage.cast.pmo,
        )
    if project.status == ProjectStatus.PLANNED:
        activate_project(project.pk, actor=stage.cast.pmo)
    stage.say(f"Project {project}: managed by {project.manager.name}, {worker.name} assigned.")
    return project


def work(stage: Stage, project: Project) -> None:
    """Have time entered, submitted, and approved by another person; it is priced at once."""
    if not TimeEntry.objects.filter(project=project).exists():
        for week in range(_WEEKS):
            _enter_week(stage, project, week)
    waiting = TimeEntry.objects.filter(project=project, status=EntryStatus.SUBMITTED)
    approve_time(waiting, actor=stage.cast.project_manager)
    settle_events()
    hours = TimeEntry.objects.filter(project=project, status=EntryStatus.APPROVED)
    charged = Charge.objects.filter(contract=project.contract, billable=True)
    total = hours.aggregate(total=Sum("hours"))["total"]
    amount = charged.aggregate(total=Sum("amount"))["total"]
    stage.say(
        f"Time: {total:.2f} h submitted by {stage.cast.consultant.name},"
        f" approved by {stage.cast.project_manager.name}, priced at once: {amount:,.2f} GBP."
    )


def _draft(stage: Stage) -> Contract:
    return create_contract(
        code=CONTRACT,
        name=_NAME,
        customer_id=Customer.objects.get(code="HALDEN").pk,
        legal_entity_id=LegalEntity.objects.get(code="UK").pk,
        currency_id="GBP",
        retroactivity="rebill",
        effective_from=stage.calendar.last_billed.first,
        lines=[LineTerms(key="work", name=_NAME, service_line="advisory")],
        payers=[PayerTerms("HALDEN-01", purchase_order="4500090017")],
        actor=stage.cast.finance,
    )


def _plan(stage: Stage, contract: Contract) -> Project:
    return create_project(
        contract.pk,
        code=PROJECT,
        name=_NAME,
        manager_id=Worker.objects.get(user=stage.cast.project_manager.user).pk,
        service_line_id=ServiceLine.objects.get(code="advisory").pk,
        starts_on=stage.calendar.last_billed.first,
        actor=stage.cast.pmo,
    )


def _enter_week(stage: Stage, project: Project, number: int) -> None:
    worker = Worker.objects.get(user=stage.cast.consultant.user)
    first = stage.calendar.last_billed.first
    week = first + timedelta(days=7 - first.weekday(), weeks=number)
    cells = [
        Cell(PROJECT, TASK, week + timedelta(days=day), _HOURS, note="Walked the station, drew up sign plans")
        for day in _DAYS
    ]
    record_week(worker.pk, week, cells=cells, actor=stage.cast.consultant, on=stage.calendar.today)
    submit_time(worker.pk, week, actor=stage.cast.consultant, on=stage.calendar.today, project_id=project.pk)
