"""Pages of projects and people: what they show and cost, and that every form works without script."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.models import Event, User
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
)
from tests.personas import page_client, person
from tests.projects.builders import agreement, employed, manager_of, running, task_of

pytestmark = pytest.mark.django_db


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("name", ["projects", "workers"])
def test_a_register_costs_the_same_with_one_and_with_thirty_rows(pmo: User, name: str) -> None:
    def make() -> None:
        project = ProjectFactory.create()
        EmploymentFactory.create(worker=project.manager)

    client, address = page_client(pmo), reverse(name)
    make()
    queries(client, address)
    with_one = queries(client, address)
    for _ in range(29):
        make()
    assert queries(client, address) == with_one <= 15
    assert len(client.get(address).context["register"].view.rows) == 30


def test_the_project_and_worker_pages_cost_the_same_whatever_their_size(pmo: User) -> None:
    project, worker = running(), employed()
    client = page_client(pmo)
    addresses = [reverse("project", args=[project.code]), reverse("worker", args=[worker.code])]
    TaskFactory.create(project=project)
    AssignmentFactory.create(project=project, worker=worker)
    for address in addresses:
        queries(client, address)
    small = [queries(client, address) for address in addresses]
    for _ in range(20):
        TaskFactory.create(project=project)
        AssignmentFactory.create(project=project)
        AssignmentFactory.create(worker=worker)
    assert [queries(client, address) for address in addresses] == small
    assert max(small) <= 15


def test_a_project_is_planned_staffed_and_opened_by_forms_alone(pmo: User) -> None:
    contract, worker = agreement(), employed()
    client = page_client(pmo)
    plan = {
        "name": "Platform build",
        "manager": str(worker.pk),
        "service_line": str(ServiceLineFactory.create().pk),
        "legal_entity": str(contract.legal_entity_id),
        "starts_on": "2026-01-01",
    }
    client.post(reverse("project_new", args=[contract.code]), plan)
    project = Project.objects.get()
    home = reverse("project", args=[project.code])
    moved = client.post(reverse("project_move", args=[project.code, "activate"]), {"reason": ""})
    assert moved.headers["Location"] == home
    client.post(reverse("project_edit", args=[project.code]), {**plan, "ends_on": "2026-12-31"})

    task = {"code": "BUILD", "name": "Build", "contract_line_key": "work", "billable": "on"}
    client.post(reverse("task_new", args=[project.code]), task)
    stored = Task.objects.get()
    client.post(reverse("task_edit", args=[stored.pk]), {**task, "budget_hours": "80"})
    client.post(reverse("task_move", args=[stored.pk, "close"]), {"reason": ""})

    role = str(DeliveryRoleFactory.create().pk)
    assigned = {"role": role, "allocation_percent": "100", "override_unit": "hour"}
    answer = client.post(
        reverse("assignment_new", args=[project.code]),
        {**assigned, "worker": str(worker.pk), "starts_on": "2026-01-01"},
    )
    assert answer.headers["Location"] == home
    assignment = Assignment.objects.get()
    client.post(reverse("assignment_confirm", args=[assignment.pk]), {"reason": ""})
    client.post(reverse("assignment_edit", args=[assignment.pk]), {**assigned, "rate_override": "205"})
    client.post(reverse("assignment_release", args=[assignment.pk]), {"ends_on": "2026-06-30", "reason": ""})

    for row in (project, stored, assignment):
        row.refresh_from_db()
    assert (project.status, str(project.ends_on)) == ("active", "2026-12-31")
    assert (stored.budget_hours, stored.status) == (Decimal(80), "closed")
    assert (assignment.status, assignment.rate_override) == ("ended", Decimal(205))
    html = client.get(home).content.decode()
    assert "£205.00</data> per hour" in html and "1 Jan–30 Jun 2026" in html


def test_a_worker_is_entered_employed_and_leaves_by_forms_alone(pmo: User) -> None:
    client = page_client(pmo)
    who = {"name": "Ada Byron", "kind": "employee", "email": "ada@example.com"}
    client.post(reverse("worker_new"), who)
    worker = Worker.objects.get()
    client.post(reverse("worker_edit", args=[worker.code]), {**who, "name": "Ada Lovelace"})
    answer = client.post(
        reverse("employment_new", args=[worker.code]),
        {
            "starts_on": "2026-01-01",
            "legal_entity": str(LegalEntityFactory.create().pk),
            "role": str(DeliveryRoleFactory.create().pk),
            "region": str(RegionFactory.create().pk),
            "capacity_hours": "37.5",
        },
    )
    home = reverse("worker", args=[worker.code])
    assert answer.headers["Location"] == home
    client.post(reverse("employment_end", args=[worker.code]), {"ends_on": "2026-03-31", "reason": "Left"})
    days: Any = Employment.objects.get().valid
    assert (str(days.upper), Worker.objects.get().name) == ("2026-04-01", "Ada Lovelace")
    assert "1 Jan–31 Mar 2026" in client.get(home).content.decode()


@pytest.mark.parametrize(
    ("name", "posted", "sentence"),
    [
        ("task_new", {"code": "BUILD"}, "already has a task BUILD"),
        ("task_new", {"contract_line_key": "other"}, "Select a valid choice"),
        ("task_new", {"contract_line_key": ""}, "A billable task names the contract line"),
        ("assignment_new", {"starts_on": "2025-12-31"}, "has no employment on 31 Dec 2025"),
        ("assignment_new", {"allocation_percent": "0"}, "more than 0 and at most 200"),
    ],
)
def test_a_refusal_stands_on_the_form_and_nothing_changed(
    pmo: User, name: str, posted: dict[str, str], sentence: str
) -> None:
    project, worker = running(), employed()
    task_of(project)
    good = {
        "task_new": {"code": "TEST", "name": "Test", "contract_line_key": "work", "billable": "on"},
        "assignment_new": {
            "worker": str(worker.pk),
            "role": str(DeliveryRoleFactory.create().pk),
            "starts_on": "2026-01-01",
            "allocation_percent": "100",
            "override_unit": "hour",
        },
    }
    before = Event.objects.count()
    answer = page_client(pmo).post(reverse(name, args=[project.code]), {**good[name], **posted})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert (Event.objects.count(), Task.objects.count(), Assignment.objects.count()) == (before, 1, 0)


def test_a_project_manager_edits_the_own_project_only() -> None:
    mine, other = running(), running()
    client = page_client(manager_of(mine))
    mine_page = client.get(reverse("project", args=[mine.code])).context["page"]
    assert [button.label for button in mine_page.buttons] == ["Edit", "Hold", "Close"]
    assert client.get(reverse("project", args=[other.code])).status_code == 404
    assert client.post(reverse("project_move", args=[other.code, "close"]), {"reason": ""}).status_code == 404
    assert client.post(reverse("task_new", args=[other.code]), {"code": "T"}).status_code == 404
    other.refresh_from_db()
    assert other.status == "active"


def test_a_consultant_sees_the_own_project_without_prices_or_buttons(consultant: User) -> None:
    me = Worker.objects.get(user=consultant)
    mine = AssignmentFactory.create(worker=me, rate_override=Decimal(205))
    colleague = AssignmentFactory.create(project=mine.project)
    client = page_client(consultant)
    answer = client.get(reverse("project", args=[mine.project.code]))
    page, html = answer.context["page"], answer.content.decode()
    assert (page.buttons, [one.assignment for one in page.people]) == ([], [mine])
    assert "205.00" not in html and colleague.worker.name not in html
    assert client.get(reverse("worker", args=[me.code])).status_code == 200
    assert client.get(reverse("worker", args=[colleague.worker.code])).status_code == 404


def test_what_somebody_costs_is_shown_to_those_who_may_know(project_manager: User, finance: User) -> None:
    worker = EmploymentFactory.create(cost_rate=Decimal("87.65"), cost_currency_id="GBP").worker
    address = reverse("worker", args=[worker.code])
    shown = [
        "87.65" in page_client(user).get(address).content.decode() for user in (project_manager, finance)
    ]
    assert shown == [False, True]


def test_projects_of_other_entities_are_not_found() -> None:
    project = running()
    client = page_client(person("pmo", entity=LegalEntityFactory.create()))
    assert client.get(reverse("project", args=[project.code])).status_code == 404
    assert client.get(reverse("projects")).context["register"].view.rows == []
    assert Client().get(reverse("projects")).headers["Location"].startswith(reverse("login"))
