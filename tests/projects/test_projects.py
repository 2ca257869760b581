"""Projects and their tasks: under active contracts only, billed by lines that exist."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from contracts.models import Contract
from core.actors import Actor
from core.errors import Forbidden, Invalid
from core.models import Event
from core.rows import CodeTaken
from core.states import IllegalMove
from projects.actions.lifecycle import (
    ReasonRequired,
    cancel_project,
    close_project,
    hold_project,
    resume_project,
)
from projects.actions.projects import activate_project, change_project
from projects.actions.tasks import add_task, change_task, close_task, reopen_task
from projects.models import Project, Task
from projects.policies import ContractNotActive, NotYourProject, ProjectOver, UnknownContractLine
from tests.contracts.builders import told
from tests.factories import ContractFactory, ContractLineFactory, ContractVersionFactory, LegalEntityFactory
from tests.personas import person
from tests.projects.builders import agreement, manager_of, planned, planner, running, task_of

pytestmark = pytest.mark.django_db


def state() -> list[Any]:
    return [
        list(Project.objects.order_by("pk").values()),
        list(Task.objects.order_by("pk").values()),
        Event.objects.count(),
    ]


def test_a_project_is_planned_under_its_contract_and_opened() -> None:
    contract = agreement()
    project = planned(contract)
    activate_project(project.pk, actor=planner())
    about = {"code": project.code, "project_id": str(project.pk), "contract_id": str(contract.pk)}
    assert told() == [
        ("project.created", about | {"name": "Platform build", "manager_id": str(project.manager_id)}),
        ("project.activated", about),
    ]
    assert (project.legal_entity, Project.objects.get().status) == (contract.legal_entity, "active")


def test_another_entity_may_deliver() -> None:
    delivering = LegalEntityFactory.create()
    assert planned(legal_entity_id=delivering.pk).legal_entity == delivering


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("statement_of_work", "draft"),
        ("statement_of_work", "in_review"),
        ("statement_of_work", "on_hold"),
        ("statement_of_work", "terminated"),
        ("master", "active"),
    ],
)
def test_nothing_is_delivered_without_an_active_contract(kind: str, status: str) -> None:
    contract = ContractFactory.create(kind=kind, status=status)
    with pytest.raises(ContractNotActive):
        planned(contract)
    assert (Project.objects.exists(), told()) == (False, [])

    contract = agreement()
    project = planned(contract)
    Contract.objects.filter(pk=contract.pk).update(kind=kind, status=status)
    before = state()
    with pytest.raises(ContractNotActive):
        activate_project(project.pk, actor=planner())
    assert state() == before


def test_a_project_is_held_resumed_and_closed() -> None:
    project = running()
    hold_project(project.pk, reason="Client asked", actor=planner())
    resume_project(project.pk, actor=planner())
    close_project(project.pk, actor=planner())
    kinds = [kind for kind, _ in told()]
    assert kinds == [
        "project.created",
        "project.activated",
        "project.held",
        "project.resumed",
        "project.closed",
    ]


@pytest.mark.parametrize(
    ("status", "verb"),
    [
        ("planned", hold_project),
        ("planned", close_project),
        ("planned", resume_project),
        ("on_hold", activate_project),
        ("active", cancel_project),
        ("closed", activate_project),
    ],
)
def test_a_move_the_table_does_not_list_is_refused(status: str, verb: Callable[..., Project]) -> None:
    project = planned()
    Project.objects.update(status=status)
    before = state()
    with pytest.raises(IllegalMove):
        verb(project.pk, reason="Because", actor=planner())
    assert state() == before


@pytest.mark.parametrize("verb", [hold_project, cancel_project])
def test_some_moves_need_a_reason(verb: Callable[..., Project]) -> None:
    project = planned()
    before = state()
    with pytest.raises(ReasonRequired):
        verb(project.pk, reason="", actor=planner())
    assert state() == before


def test_a_project_manager_changes_the_own_projects_only() -> None:
    mine, other = running(), running()
    manager = Actor.of(manager_of(mine))
    assert change_project(mine.pk, name="Renamed", actor=manager).name == "Renamed"
    before = state()
    with pytest.raises(NotYourProject):
        change_project(other.pk, name="Renamed", actor=manager)
    with pytest.raises(Forbidden):
        change_project(mine.pk, name="Again", actor=planner(LegalEntityFactory.create()))
    with pytest.raises(Forbidden):
        change_project(mine.pk, name="Again", actor=Actor.of(person("finance")))
    assert state() == before


def test_a_change_names_its_fields_and_a_closed_project_takes_none() -> None:
    project = running()
    change_project(project.pk, ends_on=date(2026, 12, 31), name="Platform build", actor=planner())
    about = {"code": project.code, "project_id": str(project.pk), "contract_id": str(project.contract_id)}
    assert told()[-1] == ("project.changed", about | {"fields": ["ends_on"]})
    with pytest.raises(Invalid):
        change_project(project.pk, ends_on=date(2025, 12, 31), actor=planner())
    close_project(project.pk, actor=planner())
    before = state()
    for verb in (change_project, add_task):
        with pytest.raises(ProjectOver):
            verb(project.pk, name="Late", actor=planner())
    assert state() == before


def test_a_task_is_added_changed_closed_and_reopened() -> None:
    project = running()
    task = task_of(project)
    change_task(task.pk, budget_hours=Decimal(80), actor=planner())
    close_task(task.pk, actor=planner())
    close_task(task.pk, actor=planner())
    reopen_task(task.pk, actor=planner())
    about = {"code": "BUILD", "project_id": str(project.pk), "contract_id": str(project.contract_id)}
    assert told()[2:] == [
        ("task.added", about | {"contract_line_key": "work", "billable": True}),
        ("task.changed", about | {"fields": ["budget_hours"]}),
        ("task.closed", about),
        ("task.reopened", about),
    ]


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"contract_line_key": "other"}, UnknownContractLine),
        ({"contract_line_key": ""}, UnknownContractLine),
        ({"contract_line_key": "other", "billable": False}, UnknownContractLine),
        ({"code": ""}, Invalid),
        ({"code": "BUILD"}, CodeTaken),
        ({"name": ""}, Invalid),
        ({"budget_hours": Decimal(-1)}, Invalid),
    ],
)
def test_a_task_that_cannot_be_is_refused(wrong: dict[str, Any], refusal: type[Exception]) -> None:
    project = running()
    task = task_of(project)
    before = state()
    values: dict[str, Any] = {"name": "Build", "contract_line_key": "work", "code": "TEST"}
    with pytest.raises(refusal):
        add_task(project.pk, actor=planner(), **{**values, **wrong})
    if wrong.get("code") != "BUILD":
        with pytest.raises((refusal, Invalid)):
            change_task(task.pk, actor=planner(), **wrong)
    assert state() == before


def test_the_newest_approved_terms_say_which_lines_there_are() -> None:
    project = running()
    version = ContractVersionFactory.create(contract=project.contract, number=2)
    ContractLineFactory.create(contract_version=version, key="support")
    draft = ContractVersionFactory.create(contract=project.contract, number=3, draft=True)
    ContractLineFactory.create(contract_version=draft, key="later")
    task_of(project, contract_line_key="support")
    for key in ("work", "later"):
        with pytest.raises(UnknownContractLine):
            task_of(project, code="T2", contract_line_key=key)
    assert Task.objects.count() == 1


def test_a_task_that_is_not_billed_needs_no_line() -> None:
    assert not task_of(running(), contract_line_key="", billable=False).billable
