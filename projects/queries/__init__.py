"""Questions about people, projects and assignments. Never writes."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery

from contracts.models import Contract
from core.access import entities_in_force, entity_filter, narrows_to_contracts
from core.models import Event, User
from core.routing import Answering, answers_for_contracts
from projects.models import Assignment, Employment, Project, Task, Worker
from projects.states import ProjectStatus


def visible_projects(user: User) -> QuerySet[Project]:
    """Return the projects of the user's entities, those the user manages and those the user works on."""
    return Project.objects.filter(_within_reach(user, ""))


def visible_tasks(user: User) -> QuerySet[Task]:
    """Return the tasks of the projects the user may see."""
    return Task.objects.filter(_within_reach(user, "project__"))


def visible_assignments(user: User) -> QuerySet[Assignment]:
    """Return who works on the projects the user may see; consultants see only themselves."""
    assignments = Assignment.objects.filter(_within_reach(user, "project__"))
    return assignments if _sees_people(user) else assignments.filter(worker__user=user)


def visible_workers(user: User) -> QuerySet[Worker]:
    """Return all workers to those who plan or bill them, else only the own record."""
    return Worker.objects.all() if _sees_people(user) else Worker.objects.filter(user=user)


def visible_employments(user: User) -> QuerySet[Employment]:
    """Return the employments by the user's entities, and the own ones."""
    own = Q(worker__user=user) if user.is_active else Q(pk__in=[])
    return Employment.objects.filter(entity_filter(user, "worker.view", "legal_entity") | own)


def _sees_people(user: User) -> bool:
    return bool(entities_in_force(user, "worker.view"))


def _within_reach(user: User, path: str) -> Q:
    """Return the condition on projects reached by `path`: by entity, by managing, by being assigned."""
    if not entities_in_force(user, "project.view"):
        return Q(pk__in=[])
    wide = entity_filter(user, "project.view_all", f"{path}legal_entity")
    if not wide:
        return wide
    assigned = Assignment.objects.filter(worker__user=user).exclude(status="cancelled")
    return wide | Q(**{f"{path}manager__user": user}) | Q(**{f"{path}pk__in": assigned.values("project")})


def listed_projects(user: User) -> QuerySet[Project]:
    """Return the projects with what their register shows."""
    return visible_projects(user).select_related("contract__customer", "manager", "legal_entity")


def listed_workers(user: User, on: date) -> QuerySet[Worker]:
    """Return the workers with role, entity and region of the day's employment, where the user sees it."""
    employed = visible_employments(user).filter(worker=OuterRef("pk"), valid__contains=on)
    return visible_workers(user).annotate(
        role_today=Subquery(employed.values("role__name")[:1]),
        entity_today=Subquery(employed.values("legal_entity__name")[:1]),
        region_today=Subquery(employed.values("region__name")[:1]),
    )


@narrows_to_contracts
def contracts_managed_by(user: User) -> QuerySet[Any]:
    """Return the ids of the contracts whose projects the user manages."""
    return Project.objects.filter(manager__user=user).values("contract_id")


@answers_for_contracts
def who_answers_for(contract_ids: Collection[UUID]) -> dict[UUID, Answering]:
    """Return the owner of each contract and the manager of its first project that is not over."""
    over = [ProjectStatus.CLOSED, ProjectStatus.CANCELLED]
    managers: dict[UUID, User] = {}
    running = Project.objects.filter(contract__in=contract_ids, manager__user__isnull=False).exclude(
        status__in=over
    )
    for project in running.select_related("manager__user").order_by("code"):
        if project.manager.user:
            managers.setdefault(project.contract_id, project.manager.user)
    contracts = Contract.objects.filter(pk__in=contract_ids).select_related("customer", "owner")
    return {
        one.pk: Answering(one.code, one.customer.code, one.owner, managers.get(one.pk)) for one in contracts
    }


def activity_of(project: Project, parts: Iterable[UUID]) -> QuerySet[Event]:
    """Return the events of a project and of its tasks and assignments by their ids, newest first."""
    return Event.objects.filter(
        aggregate_type__in=["projects.project", "projects.task", "projects.assignment"],
        aggregate_id__in=[project.pk, *parts],
    ).order_by("-seq")
