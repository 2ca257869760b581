"""The activation of a contract: what it consists of, what it leaves, when delivery opens."""

from collections.abc import Callable
from datetime import date

import pytest

from contracts.actions.customers import change_billing_account
from contracts.actions.lifecycle import terminate_contract
from contracts.models import BillingAccount, Contract
from core.actors import Actor
from core.errors import Forbidden
from core.models import Event, ExceptionItem
from core.reactions import run_reactions
from integrations.actions.processes import look_again, resume_process
from integrations.adapters import Rejected
from integrations.handlers import begin_activations
from integrations.models import ExternalReference, Process, ProcessStep
from projects.actions.projects import activate_project
from projects.models import Project, Task, Worker
from projects.policies import DeliveryNotOpen
from tests.factories import AssignmentFactory, EmploymentFactory, WorkTypeFactory
from tests.integrations.fakes import Clock, FakeErp
from tests.personas import person
from tests.projects.builders import planner
from timesheets.actions.intake import record_time
from timesheets.intake.lines import read_lines

pytestmark = pytest.mark.django_db
Run = Callable[[], int]
INCOMPLETE = Rejected(
    "customer_incomplete", "Customer C-1 has no tax registration.", "customer.tax_registration"
)

WORKED = {"work_date": "2026-11-03", "hours": "7.5", "source_key": "row-1"}


def account_of(contract: Contract) -> BillingAccount:
    """Return the one bill-to of the contract."""
    return contract.versions.get().payers.get().billing_account


def states(process: Process) -> list[tuple[str, str]]:
    return list(process.steps.order_by("position").values_list("work", "state"))


def test_an_activated_contract_gets_its_steps_in_their_order(process: Process, contract: Contract) -> None:
    account = account_of(contract)
    steps = process.steps.order_by("position").values_list("work", "label", "depends_on", "state")
    assert list(steps) == [
        ("customer", f"Customer {account.code} in The ERP", [], "pending"),
        ("projects", "Projects set up", [], "pending"),
        ("terms", "Terms and billing rules loaded", ["projects"], "pending"),
        ("opening", "Delivery open", [f"customer:erp:{account.code}", "projects", "terms"], "pending"),
    ]
    assert (process.kind, process.state, process.subject_label, process.party) == (
        "contract_activation",
        "running",
        "C-2001",
        contract.customer.name,
    )
    activated = Event.objects.get(type="contract.activated")
    assert (process.correlation, process.causation_id) == (activated.correlation_id, activated.id)


def test_every_step_is_confirmed_and_delivery_opens(
    process: Process, contract: Contract, erp: FakeErp, run: Run
) -> None:
    run()
    process.refresh_from_db()
    assert states(process) == [
        ("customer", "done"),
        ("projects", "done"),
        ("terms", "done"),
        ("opening", "done"),
    ]
    assert process.state == "done" and process.finished_at is not None
    project = Project.objects.get(contract=contract)
    assert (project.code, project.status, project.waits_for) == ("P-2001", "active", "")
    assert (project.name, project.starts_on, project.manager.name) == (
        contract.name,
        date(2026, 1, 1),
        "Olga Owner",
    )
    tasks = Task.objects.filter(project=project).values_list("code", "contract_line_key", "billable")
    assert list(tasks) == [("WORK", "work", True)]
    account = account_of(contract)
    reference = ExternalReference.objects.get()
    assert (reference.object_type, reference.object_id) == ("contracts.billingaccount", account.pk)
    assert reference.external_id == f"C-{account.code}"
    assert [party.reference for party in erp.customers] == [account.code]
    told = Event.objects.filter(type__startswith="process.").order_by("seq").values_list("type", flat=True)
    assert list(told) == ["process.started", *["process.advanced"] * 4, "process.completed"]


def test_running_everything_twice_changes_nothing(
    process: Process, contract: Contract, erp: FakeErp, run: Run
) -> None:
    run()
    before = (
        list(Project.objects.values()),
        list(ProcessStep.objects.values()),
        Event.objects.count(),
        len(erp.calls),
    )
    begin_activations(list(Event.objects.filter(type="contract.activated")))
    run_reactions()
    assert run() == 0
    after = (
        list(Project.objects.values()),
        list(ProcessStep.objects.values()),
        Event.objects.count(),
        len(erp.calls),
    )
    assert after == before


def test_an_incomplete_customer_keeps_delivery_closed_and_says_so(
    process: Process, contract: Contract, erp: FakeErp, run: Run
) -> None:
    erp.refused_parties.append(INCOMPLETE)
    run()
    process.refresh_from_db()
    assert states(process) == [
        ("customer", "waiting"),
        ("projects", "done"),
        ("terms", "done"),
        ("opening", "pending"),
    ]
    assert process.state == "waiting"
    account = account_of(contract)
    project = Project.objects.get(contract=contract)
    missing = f"customer {account.code} in The ERP"
    assert (project.status, project.waits_for) == ("provisioning", missing)
    item = ExceptionItem.objects.get()
    assert (item.code, item.team, item.kind, item.object_label, item.contract_id) == (
        "customer_incomplete",
        "data_steward",
        "business",
        "C-2001",
        contract.pk,
    )
    assert item.title == "C-2001 cannot start: Customer C-1 has no tax registration."
    assert item.evidence["billing_account_id"] == str(account.pk)
    with pytest.raises(DeliveryNotOpen) as refusal:
        activate_project(project.pk, actor=planner())
    assert refusal.value.sentence == f"P-2001 cannot open yet; still missing: {missing}."
    assert Project.objects.get(pk=project.pk).version == project.version


def test_time_is_refused_before_delivery_opens_with_the_step_that_is_missing(
    process: Process, contract: Contract, erp: FakeErp, run: Run
) -> None:
    erp.refused_parties.append(INCOMPLETE)
    run()
    project = Project.objects.get(contract=contract)
    user = person("consultant", worker=True)
    worker = Worker.objects.get(user=user)
    EmploymentFactory.create(worker=worker)
    AssignmentFactory.create(project=project, worker=worker)
    WorkTypeFactory.create()
    rows = [{"worker": worker.code, "project": "P-2001", "task": "WORK", **WORKED}]
    lines = read_lines(rows, source_system="jira")
    told = record_time(lines, actor=Actor.of(user), on=date(2026, 11, 18))
    assert [(row.code, row.sentence) for row in told.rows] == [
        (
            "project_not_active",
            f"The project P-2001 is provisioning and waits for customer {account_of(contract).code}"
            " in The ERP: time is accepted only while it is active.",
        )
    ]


def test_completing_the_billing_account_resumes_where_it_stopped(
    process: Process, contract: Contract, erp: FakeErp, run: Run
) -> None:
    erp.refused_parties.append(INCOMPLETE)
    run()
    erp.refused_parties.clear()
    account = account_of(contract)
    change_billing_account(account.pk, street="2 High Street", actor=Actor.of(person("data_steward")))
    run_reactions()
    run()
    process.refresh_from_db()
    assert process.state == "done"
    assert Project.objects.get(contract=contract).status == "active"
    assert Task.objects.count() == 1 and len(erp.customers) == 1
    item = ExceptionItem.objects.get()
    assert (item.state, item.resolution) == (
        "resolved",
        f"Customer {account.code} in The ERP: confirmed.",
    )
    assert Event.objects.filter(type="process.resumed").count() == 1


def test_what_still_stands_against_it_opens_no_second_exception(
    process: Process, erp: FakeErp, clock: Clock, run: Run
) -> None:
    erp.refused_parties.append(INCOMPLETE)
    run()
    resume_process(process.pk, actor=Actor.of(person("integration_support")))
    run()
    assert ExceptionItem.objects.count() == 1
    process.refresh_from_db()
    assert process.state == "waiting"
    assert Event.objects.filter(type="process.stopped").count() == 2
    clock.advance(hours=2)
    look_again(now=clock(), actor=Actor.system("integrations"))
    run()
    assert Event.objects.filter(type="process.stopped").count() == 2
    assert erp.calls == ["validate"] * 3


def test_a_cause_that_goes_away_in_the_erp_is_found_by_looking_again(
    process: Process, erp: FakeErp, clock: Clock, run: Run
) -> None:
    erp.refused_parties.append(INCOMPLETE)
    run()
    erp.refused_parties.clear()
    actor = Actor.system("integrations")
    assert look_again(now=clock(), actor=actor) == 0
    clock.advance(hours=2)
    assert look_again(now=clock(), actor=actor) == 1
    run()
    process.refresh_from_db()
    assert process.state == "done"


def test_one_who_may_not_work_on_processes_does_not_resume(process: Process, erp: FakeErp, run: Run) -> None:
    erp.refused_parties.append(INCOMPLETE)
    run()
    before = list(ProcessStep.objects.order_by("pk").values())
    with pytest.raises(Forbidden):
        resume_process(process.pk, actor=Actor.of(person("consultant")))
    assert list(ProcessStep.objects.order_by("pk").values()) == before


def test_a_terminated_contract_gives_up_and_takes_its_projects_back(
    process: Process, contract: Contract, erp: FakeErp, run: Run
) -> None:
    erp.refused_parties.append(INCOMPLETE)
    run()
    terminate_contract(contract.pk, reason="The customer withdrew.", actor=Actor.of(person("finance_lead")))
    run_reactions()
    process.refresh_from_db()
    assert process.state == "cancelled"
    assert Project.objects.get(contract=contract).status == "cancelled"
    assert ExceptionItem.objects.get().state == "resolved"
    assert Event.objects.get(type="process.cancelled").payload["taken_back"] == ["P-2001"]
    assert run() == 0
