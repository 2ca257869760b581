"""Projects, people and assignments over REST."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from core.identifiers import uuid7
from core.models import Event, Role, User
from projects.models import Assignment, Employment, Project, Task, Worker
from tests.factories import (
    AssignmentFactory,
    DeliveryRoleFactory,
    EmploymentFactory,
    LegalEntityFactory,
    ProjectFactory,
    RegionFactory,
    ServiceLineFactory,
    TaskFactory,
    WorkerFactory,
)
from tests.personas import api_client, person
from tests.projects.builders import agreement, employed, manager_of, running, task_of

pytestmark = pytest.mark.django_db
API = "/api/v1"


def post(client: APIClient, path: str, body: dict[str, Any] | None = None) -> Any:
    return client.post(f"{API}/{path}", body or {}, HTTP_IDEMPOTENCY_KEY=str(uuid7()))


def test_a_project_is_planned_staffed_and_opened(pmo: User) -> None:
    contract, worker = agreement(), employed()
    client = api_client(pmo)
    project = post(
        client,
        "projects",
        {
            "contract": contract.code,
            "name": "Platform build",
            "manager": worker.code,
            "service_line": ServiceLineFactory.create().code,
            "starts_on": "2026-01-01",
        },
    )
    assert (project.status_code, project.json()["status"]) == (201, "planned")
    code = project.json()["code"]
    assert post(client, f"projects/{code}/activate").json()["status"] == "active"

    task = post(
        client, "tasks", {"project": code, "code": "BUILD", "name": "Build", "contract_line_key": "work"}
    )
    assert (task.status_code, task.json()["billable"]) == (201, True)
    assert post(client, f"tasks/{task.json()['id']}/close").json()["status"] == "closed"
    assert post(client, f"tasks/{task.json()['id']}/reopen").json()["status"] == "open"

    assignment = post(
        client,
        "assignments",
        {
            "project": code,
            "worker": worker.code,
            "role": "senior",
            "starts_on": "2026-01-01",
            "confirmed": False,
            "rate_override": "205",
        },
    )
    assert assignment.status_code == 201
    wanted = {"status": "proposed", "rate_override": "205.0000", "currency": "GBP", "ends_on": None}
    assert assignment.json().items() >= wanted.items()
    address = f"assignments/{assignment.json()['id']}"
    assert post(client, f"{address}/confirm").json()["status"] == "confirmed"
    released = post(client, f"{address}/release", {"ends_on": "2026-06-30"}).json()
    assert (released["status"], released["ends_on"]) == ("ended", "2026-06-30")


def test_a_worker_is_entered_employed_and_leaves(pmo: User) -> None:
    client = api_client(pmo)
    worker = post(client, "workers", {"name": "Ada Byron", "email": "ada@example.com"}).json()
    body = {
        "starts_on": "2026-01-01",
        "legal_entity": LegalEntityFactory.create().code,
        "role": DeliveryRoleFactory.create().code,
        "region": RegionFactory.create().code,
        "capacity_hours": "37.50",
        "cost_rate": "80",
        "cost_currency": "GBP",
    }
    employment = post(client, f"workers/{worker['code']}/employments", body)
    assert (employment.status_code, employment.json()["cost_rate"]) == (201, "80.0000")
    ended = post(client, f"workers/{worker['code']}/employments/end", {"ends_on": "2026-03-31"})
    assert ended.status_code == 200
    listed = client.get(f"{API}/employments", {"worker": worker["code"]}).json()["results"]
    assert [(row["starts_on"], row["ends_on"]) for row in listed] == [("2026-01-01", "2026-03-31")]
    assert client.get(f"{API}/workers", {"employed_on": "2026-04-01"}).json()["results"] == []


def test_what_somebody_costs_is_shown_to_those_who_may_know(project_manager: User, finance: User) -> None:
    EmploymentFactory.create(cost_rate=Decimal(80), cost_currency_id="GBP")
    seen = [
        [
            (row["cost_rate"], row["cost_currency"])
            for row in api_client(user).get(f"{API}/employments").json()["results"]
        ]
        for user in (project_manager, finance)
    ]
    assert seen == [[(None, None)], [("80.0000", "GBP")]]


def test_a_change_needs_the_newest_etag(pmo: User) -> None:
    project, worker = running(), employed()
    task = task_of(project)
    assignment = AssignmentFactory.create(project=project, worker=worker)
    client = api_client(pmo)
    changes: dict[str, dict[str, Any]] = {
        f"projects/{project.code}": {"name": "Renamed"},
        f"tasks/{task.pk}": {"name": "Renamed"},
        f"workers/{worker.code}": {"name": "Renamed"},
        f"assignments/{assignment.pk}": {"allocation_percent": "50.00"},
    }
    for path, change in changes.items():
        etag = client.get(f"{API}/{path}").headers["ETag"]
        assert client.patch(f"{API}/{path}", change).status_code == 428
        changed = client.patch(f"{API}/{path}", change, HTTP_IF_MATCH=etag)
        assert (changed.status_code, changed.json().items() >= change.items()) == (200, True)
        assert client.patch(f"{API}/{path}", change, HTTP_IF_MATCH=etag).status_code == 412


def test_a_project_manager_reaches_only_the_own_projects() -> None:
    mine, other = running(), running()
    client = api_client(manager_of(mine))
    assert [row["code"] for row in client.get(f"{API}/projects").json()["results"]] == [mine.code]
    assert post(client, f"projects/{mine.code}/hold", {"reason": "Asked"}).status_code == 200
    before = Event.objects.count()
    assert post(client, f"projects/{other.code}/hold", {"reason": "Asked"}).status_code == 404
    body = {"project": other.code, "code": "T", "name": "T", "contract_line_key": "work"}
    assert post(client, "tasks", body).status_code == 404
    assert (Event.objects.count(), Project.objects.get(pk=other.pk).status) == (before, "active")


def test_a_consultant_sees_the_own_work_and_changes_nothing(consultant: User) -> None:
    me = Worker.objects.get(user=consultant)
    mine = AssignmentFactory.create(worker=me)
    AssignmentFactory.create()
    client = api_client(consultant)
    assert [row["code"] for row in client.get(f"{API}/workers").json()["results"]] == [me.code]
    assert [row["id"] for row in client.get(f"{API}/assignments").json()["results"]] == [str(mine.pk)]
    for path in ("projects", "tasks", "assignments", "workers"):
        assert post(client, path).json()["code"] == "forbidden"
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("path", "body", "code", "field"),
    [
        ("projects", {"contract": "nothing"}, "does_not_exist", "contract"),
        ("projects", {"starts_on": "soon"}, "invalid", "starts_on"),
        ("projects", {"ends_on": "2025-12-31"}, "invalid", "ends_on"),
        ("tasks", {"contract_line_key": "other"}, "unknown_contract_line", "contract_line_key"),
        ("tasks", {"budget_hours": "-1"}, "invalid", "budget_hours"),
        ("assignments", {"starts_on": "2025-12-31"}, "worker_inactive", "worker"),
        ("assignments", {"allocation_percent": "0"}, "invalid", "allocation_percent"),
        ("assignments", {"worker": "nobody"}, "does_not_exist", "worker"),
        ("assignments", {"rate_override": "-1"}, "invalid", "rate_override"),
    ],
)
def test_bad_input_names_its_field_and_leaves_nothing(
    pmo: User, path: str, body: dict[str, Any], code: str, field: str
) -> None:
    project, worker = running(), employed()
    good: dict[str, dict[str, Any]] = {
        "projects": {
            "contract": project.contract.code,
            "name": "Second",
            "manager": worker.code,
            "service_line": project.service_line.code,
            "starts_on": "2026-01-01",
        },
        "tasks": {"project": project.code, "code": "BUILD", "name": "Build", "contract_line_key": "work"},
        "assignments": {
            "project": project.code,
            "worker": worker.code,
            "role": "senior",
            "starts_on": "2026-01-01",
        },
    }
    before = [model.objects.count() for model in (Project, Task, Assignment, Employment, Event)]
    answer = post(api_client(pmo), path, good[path] | body)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, code, field)
    assert [model.objects.count() for model in (Project, Task, Assignment, Employment, Event)] == before


def test_work_elsewhere_is_not_found() -> None:
    project = running()
    stranger = person(Role.PMO, entity=LegalEntityFactory.create())
    client = api_client(stranger)
    assert client.get(f"{API}/projects/{project.code}").status_code == 404
    assert client.get(f"{API}/projects").json()["results"] == []
    assert post(client, f"projects/{project.code}/close").status_code == 404
    assert Project.objects.get().status == "active"


@pytest.mark.parametrize("path", ["workers", "employments", "projects", "tasks", "assignments"])
def test_lists_cost_the_same_with_one_and_with_thirty_rows(pmo: User, path: str) -> None:
    def make() -> None:
        project = ProjectFactory.create(starts_on=date(2026, 1, 1))
        TaskFactory.create(project=project)
        worker = WorkerFactory.create()
        EmploymentFactory.create(worker=worker, manager=project.manager)
        AssignmentFactory.create(project=project, worker=worker)

    client = api_client(pmo)
    make()
    client.get(f"{API}/{path}")
    counts, rows = [], []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            rows = client.get(f"{API}/{path}", {"limit": "100"}).json()["results"]
        counts.append(len(queries))
        for _ in range(29):
            make()
    assert (len(rows) >= 30, counts[0]) == (True, counts[1])
