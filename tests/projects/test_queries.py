"""Who sees which projects, tasks, people and employments."""

import pytest

from core.models import User
from projects.models import Assignment, Employment, Project, Worker
from projects.queries import (
    visible_assignments,
    visible_employments,
    visible_projects,
    visible_tasks,
    visible_workers,
)
from tests.factories import (
    AssignmentFactory,
    EmploymentFactory,
    LegalEntityFactory,
    ProjectFactory,
    TaskFactory,
    WorkerFactory,
)
from tests.personas import person

pytestmark = pytest.mark.django_db


def test_projects_are_seen_by_entity() -> None:
    mine, other = ProjectFactory.create(), ProjectFactory.create()
    task = TaskFactory.create(project=mine)
    TaskFactory.create(project=other)
    user = person("finance", entity=mine.legal_entity)
    assert (list(visible_projects(user)), list(visible_tasks(user))) == ([mine], [task])
    assert set(visible_projects(person("finance"))) == {mine, other}


def test_a_manager_sees_the_managed_and_a_consultant_the_own_projects(
    project_manager: User, consultant: User
) -> None:
    managed = ProjectFactory.create(manager=Worker.objects.get(user=project_manager))
    worked = ProjectFactory.create()
    mine = AssignmentFactory.create(project=worked, worker=Worker.objects.get(user=consultant))
    AssignmentFactory.create(project=worked)
    left = AssignmentFactory.create(worker=Worker.objects.get(user=consultant), status="cancelled")
    assert list(visible_projects(project_manager)) == [managed]
    assert list(visible_projects(consultant)) == [worked]
    assert list(visible_assignments(consultant)) == [mine]
    assert left.project not in visible_projects(consultant)


def test_people_are_seen_by_those_who_plan_them(
    consultant: User, project_manager: User, outsider: User
) -> None:
    WorkerFactory.create()
    me = Worker.objects.get(user=consultant)
    assert list(visible_workers(consultant)) == [me]
    assert set(visible_workers(project_manager)) == set(Worker.objects.all())
    assert list(visible_workers(outsider)) == []


def test_employments_are_seen_by_entity_and_the_own_ones_always(consultant: User, outsider: User) -> None:
    mine = EmploymentFactory.create(worker=Worker.objects.get(user=consultant))
    here = EmploymentFactory.create()
    user = person("pmo", entity=here.legal_entity)
    assert list(visible_employments(user)) == [here]
    assert list(visible_employments(consultant)) == [mine]
    assert list(visible_employments(outsider)) == []


def test_an_outsider_and_a_leaver_see_nothing(outsider: User, pmo: User) -> None:
    AssignmentFactory.create(worker=WorkerFactory.create(user=outsider))
    pmo.is_active = False
    for user in (outsider, pmo):
        seen = [
            *visible_projects(user),
            *visible_tasks(user),
            *visible_assignments(user),
            *visible_employments(user),
        ]
        assert seen == []
    assert (Project.objects.count(), Assignment.objects.count(), Employment.objects.count()) == (1, 1, 0)
    assert LegalEntityFactory.create() is not None
