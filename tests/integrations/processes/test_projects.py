"""How a contract becomes projects: by service line and delivering entity, from templates."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from contracts.actions.fixed_fees import MilestoneTerms
from contracts.actions.terms import LineTerms
from contracts.models import Contract
from core.actors import Actor
from core.models import ExceptionItem, LegalEntity
from core.reactions import run_reactions
from core.stewardship import note_edit
from core.verbs import acting
from integrations.adapters import Rejected
from integrations.models import Process
from projects.models import Milestone, Project, ProjectTemplate, Task, TemplateTask
from tests.contracts.builders import active
from tests.factories import LegalEntityFactory, ServiceLineFactory, WorkerFactory
from tests.integrations.fakes import FakeErp
from tests.personas import person
from tests.projects.builders import planned, task_of

pytestmark = pytest.mark.django_db
Run = Callable[[], int]


def states(process: Process) -> list[tuple[str, str]]:
    return list(process.steps.order_by("position").values_list("work", "state"))


def test_a_contract_splits_by_service_line_and_delivering_entity(entity: LegalEntity, run: Run) -> None:
    data, advisory = ServiceLineFactory.create(code="data", name="Data"), ServiceLineFactory.create()
    abroad, lead = LegalEntityFactory.create(code="DE"), WorkerFactory.create(name="Dieter Daten")
    own = ProjectTemplate.objects.create(
        code="DATA", name="Data", service_line=data, delivering_entity=abroad, manager=lead
    )
    TemplateTask.objects.create(template=own, code="BUILD", name="Build", position=1)
    TemplateTask.objects.create(template=own, code="STEER", name="Steering", billable=False, position=2)
    ProjectTemplate.objects.create(code="STANDARD", name="Standard", manager=lead)
    lines = [
        LineTerms("advice", "Advice", "advisory"),
        LineTerms("etl", "Pipelines", "data"),
        LineTerms("marts", "Marts", "data"),
    ]
    contract = active(code="C-2002", legal_entity_id=entity.pk, lines=lines)
    run_reactions()
    run()
    projects = Project.objects.filter(contract=contract).order_by("code")
    found = [(one.code, one.name, one.service_line, one.legal_entity, one.status) for one in projects]
    assert found == [
        ("P-2002", "Data platform, Advisory", advisory, entity, "active"),
        ("P-2002-2", "Data platform, Data", data, abroad, "active"),
    ]
    tasks = Task.objects.order_by("project__code", "code")
    assert list(tasks.values_list("project__code", "code", "name", "contract_line_key")) == [
        ("P-2002", "WORK", "Delivery", "advice"),
        ("P-2002-2", "BUILD-1", "Pipelines: Build", "etl"),
        ("P-2002-2", "BUILD-2", "Marts: Build", "marts"),
        ("P-2002-2", "STEER", "Steering", ""),
    ]


def test_milestones_are_planned_before_delivery_opens(entity: LegalEntity, erp: FakeErp, run: Run) -> None:
    fee = LineTerms(
        "fee",
        "Launch",
        "advisory",
        billing_method="milestones",
        amount=Decimal(9000),
        milestones=(MilestoneTerms("design", "Design"), MilestoneTerms("live", "Live")),
    )
    erp.refused_parties.append(Rejected("customer_blocked", "Customer C-1 is blocked for invoicing."))
    contract = active(code="C-2006", legal_entity_id=entity.pk, lines=[fee])
    WorkerFactory.create(user=contract.owner)
    run_reactions()
    run()
    process = Process.objects.get()
    assert process.money_at_risk == Decimal("9000.0000")
    assert ExceptionItem.objects.get().money_at_risk == Decimal("9000.0000")
    project = Project.objects.get(contract=contract)
    assert project.status == "provisioning"
    assert list(Milestone.objects.order_by("code").values_list("project", "term_key", "status")) == [
        (project.pk, "design", "planned"),
        (project.pk, "live", "planned"),
    ]
    assert process.steps.get(work="terms").result == {
        "version": 1,
        "lines": 1,
        "milestones": 2,
        "payers": 1,
    }


def test_a_contract_that_is_delivered_already_is_not_said_to_be_unable_to_start(
    entity: LegalEntity, erp: FakeErp, run: Run
) -> None:
    fee = LineTerms(
        "fee",
        "Launch",
        "advisory",
        billing_method="milestones",
        amount=Decimal(9000),
        milestones=(MilestoneTerms("live", "Live"),),
    )
    erp.refused_parties.append(Rejected("customer_blocked", "Customer C-1 is blocked."))
    contract = active(code="C-2007", legal_entity_id=entity.pk, lines=[fee])
    by_hand = planned(contract)
    Project.objects.filter(pk=by_hand.pk).update(status="active")
    run_reactions()
    run()
    item = ExceptionItem.objects.get()
    assert (item.title, item.money_at_risk) == (
        "C-2007 is delivered, but not all of it is confirmed: Customer C-1 is blocked.",
        Decimal(0),
    )


@pytest.mark.parametrize("with_task", [True, False])
def test_a_project_planned_by_hand_is_found_and_left_alone(
    process: Process, contract: Contract, run: Run, with_task: bool
) -> None:
    by_hand = planned(contract)
    if with_task:
        task_of(by_hand)
    run()
    process.refresh_from_db()
    assert process.state == "done"
    assert list(Project.objects.filter(contract=contract).values_list("pk", "status")) == [
        (by_hand.pk, "planned")
    ]
    step = process.steps.get(work="projects")
    assert step.result == {"made": [], "found": [{"id": str(by_hand.pk), "code": by_hand.code}]}


def test_a_workstream_nobody_manages_waits_for_the_pmo_and_goes_on_with_a_template(
    entity: LegalEntity, run: Run
) -> None:
    contract = active(code="C-2003", legal_entity_id=entity.pk)
    run_reactions()
    run()
    process = Process.objects.get(subject_id=contract.pk)
    assert process.state == "waiting"
    assert ("projects", "waiting") in states(process) and not Project.objects.exists()
    item = ExceptionItem.objects.get()
    assert (item.code, item.team) == ("manager_missing", "pmo")
    template = ProjectTemplate.objects.create(code="ALL", name="All", manager=WorkerFactory.create())
    with acting(Actor.of(person("data_steward"))):
        note_edit(template, [])
    run_reactions()
    run()
    process.refresh_from_db()
    assert process.state == "done"


def test_an_entity_without_an_erp_and_a_master_agreement_need_no_customer(run: Run, db: None) -> None:
    plain = active(code="C-2004")
    WorkerFactory.create(user=plain.owner)
    run_reactions()
    run()
    process = Process.objects.get(subject_id=plain.pk)
    assert states(process) == [("projects", "done"), ("terms", "done"), ("opening", "done")]


def test_a_master_agreement_has_nothing_to_deliver(db: None) -> None:
    active(code="C-2005", kind="master")
    run_reactions()
    assert not Process.objects.exists()
