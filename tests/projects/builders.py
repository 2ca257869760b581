"""Projects and people made through the verbs, for tests of what happens to them."""

from datetime import date
from decimal import Decimal
from typing import Any

from contracts.models import Contract
from core.actors import Actor
from core.models import LegalEntity, User
from projects.actions.projects import activate_project, create_project
from projects.actions.tasks import add_task
from projects.actions.workers import create_worker, set_employment
from projects.models import Project, Task, Worker
from tests.factories import (
    ContractFactory,
    ContractLineFactory,
    ContractVersionFactory,
    DeliveryRoleFactory,
    LegalEntityFactory,
    RegionFactory,
    ServiceLineFactory,
    WorkerFactory,
)
from tests.personas import person


def planner(entity: LegalEntity | None = None) -> Actor:
    """Return somebody who plans all projects and people of an entity, or of all."""
    return Actor.of(person("pmo", entity=entity))


def agreement(**fields: Any) -> Contract:
    """Return an active contract whose terms have a line `work`."""
    contract = ContractFactory.create(**fields)
    ContractLineFactory.create(contract_version=ContractVersionFactory.create(contract=contract))
    return contract


def planned(contract: Contract | None = None, *, manager: Worker | None = None, **fields: Any) -> Project:
    """Return a planned project of an active contract."""
    values: dict[str, Any] = {
        "name": "Platform build",
        "manager_id": (manager or WorkerFactory.create()).pk,
        "service_line_id": ServiceLineFactory.create().pk,
        "starts_on": date(2026, 1, 1),
        **fields,
    }
    return create_project((contract or agreement()).pk, actor=planner(), **values)


def running(**fields: Any) -> Project:
    """Return an active project."""
    return activate_project(planned(**fields).pk, actor=planner())


def task_of(project: Project, code: str = "BUILD", **fields: Any) -> Task:
    """Return a billable task of the line `work`."""
    values: dict[str, Any] = {"name": "Build", "contract_line_key": "work", **fields}
    return add_task(project.pk, code=code, actor=planner(), **values)


def manager_of(project: Project) -> User:
    """Return a project manager who manages the project and nothing else."""
    user = person("project_manager")
    Worker.objects.filter(pk=project.manager_id).update(user=user)
    return user


def employed(starts_on: date = date(2026, 1, 1), **fields: Any) -> Worker:
    """Return a worker with one employment from a day on."""
    worker = create_worker(name="Ada Byron", actor=planner())
    values: dict[str, Any] = {
        "legal_entity_id": LegalEntityFactory.create().pk,
        "role_id": DeliveryRoleFactory.create().pk,
        "region_id": RegionFactory.create().pk,
        "capacity_hours": Decimal("37.5"),
        **fields,
    }
    set_employment(worker.pk, starts_on=starts_on, actor=planner(), **values)
    return worker
