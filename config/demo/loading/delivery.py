"""Workers, projects, tasks and teams: entered and staffed by the PMO."""

from decimal import Decimal

from config.demo.calendar import DemoCalendar
from config.demo.cast import Cast
from config.demo.firm import projects as firm
from config.demo.firm import staff
from config.demo.firm.careers import begins_on, career
from config.demo.firm.projects import ProjectSpec
from config.demo.firm.staff import WorkerSpec
from config.demo.loading.entering import enter
from contracts.models import Contract, DeliveryRole, Region, ServiceLine
from core.models import LegalEntity, User
from projects.actions.assignments import AssignmentFields, assign_worker
from projects.actions.projects import activate_project, create_project
from projects.actions.tasks import add_task
from projects.actions.workers import create_worker, set_employment
from projects.models import Project, ProjectTemplate, TemplateTask, Worker

_WEEKLY_HOURS = Decimal(40)


def load_workers(cast: Cast, calendar: DemoCalendar) -> None:
    """Enter the workers and employ them, some later than the others, some promoted since."""
    users = {user.username: user for user in User.objects.all()}
    for spec in staff.workers():
        user = users[spec.account.username] if spec.account else None
        worker = create_worker(
            code=spec.code,
            name=spec.name,
            email=f"{spec.name.lower().replace(' ', '.')}@ardley.example",
            kind=Worker.Kind.SUBCONTRACTOR if spec.subcontracted else Worker.Kind.EMPLOYEE,
            user_id=user.pk if user else None,
            actor=cast.pmo,
        )
        _employ(worker, spec, cast, calendar)


def _employ(worker: Worker, spec: WorkerSpec, cast: Cast, calendar: DemoCalendar) -> None:
    for stage in career(spec, calendar):
        set_employment(
            worker.pk,
            starts_on=stage.starts_on,
            legal_entity_id=LegalEntity.objects.get(code=spec.entity.code).pk,
            role_id=DeliveryRole.objects.get(code=stage.role).pk,
            region_id=Region.objects.get(code=spec.region).pk,
            capacity_hours=_WEEKLY_HOURS,
            cost_rate=spec.cost,
            cost_currency_id=spec.entity.currency,
            cost_centre=f"{spec.entity.code}-{stage.role.upper()}",
            actor=cast.pmo,
        )


def load_templates() -> None:
    """Enter how the projects of later contracts look, and who manages them, by selling entity."""
    for entity in LegalEntity.objects.order_by("code"):
        template = ProjectTemplate(
            code=f"{entity.code}-STANDARD",
            name=f"Standard delivery, {entity.code}",
            legal_entity=entity,
            manager=Worker.objects.get(code=f"{entity.code}01"),
        )
        enter([template])
        enter(
            [
                TemplateTask(template=template, code="DELIVER", name="Delivery", position=1),
                TemplateTask(template=template, code="STEER", name="Steering", billable=False, position=2),
            ]
        )


def load_projects(cast: Cast, calendar: DemoCalendar) -> None:
    """Open a project for every contract, with its tasks and its team."""
    workers = {worker.code: worker for worker in Worker.objects.all()}
    for spec in firm.projects():
        project = create_project(
            Contract.objects.get(code=spec.contract.code).pk,
            code=spec.code,
            name=spec.contract.name,
            manager_id=workers[spec.manager].pk,
            service_line_id=ServiceLine.objects.get(code=spec.contract.service_line).pk,
            starts_on=begins_on(spec.contract, calendar),
            actor=cast.pmo,
        )
        for task in spec.tasks:
            add_task(
                project.pk,
                code=task.code,
                name=task.name,
                contract_line_key=task.line,
                billable=bool(task.line),
                actor=cast.pmo,
            )
        _staff(project, spec, workers, cast, calendar)
        activate_project(project.pk, actor=cast.pmo)


def _staff(
    project: Project, spec: ProjectSpec, workers: dict[str, Worker], cast: Cast, calendar: DemoCalendar
) -> None:
    begin = begins_on(spec.contract, calendar)
    for member in staff.workers():
        stages = career(member, calendar) if member.code in spec.team else []
        for stage in stages:
            if stage.ends_on and stage.ends_on < begin:
                continue
            assign_worker(
                project.pk,
                worker_id=workers[member.code].pk,
                starts_on=max(begin, stage.starts_on),
                ends_on=stage.ends_on,
                actor=cast.pmo,
                **_fields(spec, member, stage.role),
            )


def _fields(spec: ProjectSpec, member: WorkerSpec, role: str) -> AssignmentFields:
    fields = AssignmentFields(role_id=DeliveryRole.objects.get(code=role).pk, allocation_percent=Decimal(50))
    if override := firm.overrides().get((spec.code, member.code)):
        fields |= {"rate_override": override.amount, "override_unit": override.unit}
    return fields
