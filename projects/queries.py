"""Questions about people, projects and assignments. Never writes."""

from django.db.models import Q, QuerySet

from core.access import entities_in_force, entity_filter
from core.models import User
from projects.models import Assignment, Employment, Project, Task, Worker


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
