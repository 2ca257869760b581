"""Expenses on the home page of those who hand them in and of those who approve."""

import pytest

from core.models import Role, User
from projects.models import Worker
from tests.factories import ExpenseFactory, ProjectFactory, TaskFactory
from tests.personas import page_client, person

pytestmark = pytest.mark.django_db


def test_a_consultant_sees_what_is_still_to_hand_in(consultant: User) -> None:
    client, worker = page_client(consultant), Worker.objects.get(user=consultant)
    ExpenseFactory.create(worker=worker, submitted=True)
    assert "Waiting for approval: 1 expense." in client.get("/").content.decode()
    ExpenseFactory.create(worker=worker, status="rejected", rejection_reason="Which hotel?")
    shown = client.get("/").content.decode()
    assert "Which hotel?" in shown


def test_an_approver_sees_what_waits(pmo: User) -> None:
    task = TaskFactory.create(project=ProjectFactory.create())
    ExpenseFactory.create(task=task, submitted=True, worker__name="Ada Vaughan")
    assert "Ada Vaughan on" in page_client(pmo).get("/").content.decode()
    stranger = person(Role.PROJECT_MANAGER, worker=True)
    assert "No expense waits for your approval." in page_client(stranger).get("/").content.decode()
