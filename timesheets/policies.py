"""Who may enter, see and approve whose time. A project manager's rights end at the own projects."""

import uuid
from dataclasses import dataclass

from django.db.models import Q

from core.actors import Actor
from core.errors import Forbidden, Refusal
from core.models import Role, User
from core.permissions import PERMISSIONS, may_use, memberships
from projects.models import Project, Worker
from timesheets.models import Expense

READ_ALL = frozenset(PERMISSIONS["time.view"]) - {Role.CONSULTANT, Role.PROJECT_MANAGER}


class OwnTime(Refusal):
    """Nobody decides on time they worked or submitted themselves."""

    code = "own_time"
    status = 403


@dataclass(frozen=True)
class Reach:
    """The projects a right extends to: all, those of `entities`, those `managed` by the person."""

    user_id: uuid.UUID | None
    everything: bool
    entities: tuple[uuid.UUID, ...] = ()
    managed_everywhere: bool = False
    managed_in: tuple[uuid.UUID, ...] = ()
    own: bool = False

    def projects(self, path: str = "") -> Q:
        """Return the condition on projects, reached by `path` (such as `project__`)."""
        if self.everything:
            return Q()
        manager = Q(**{f"{path}manager__user": self.user_id})
        if not self.managed_everywhere:
            manager &= Q(**{f"{path}legal_entity__in": self.managed_in})
        return Q(**{f"{path}legal_entity__in": self.entities}) | manager

    def covers(self, project: Project) -> bool:
        """Say whether the right extends to the project (its manager loaded)."""
        managing = project.manager.user_id is not None and project.manager.user_id == self.user_id
        here = self.managed_everywhere or project.legal_entity_id in self.managed_in
        return self.everything or project.legal_entity_id in self.entities or (managing and here)


def reach(user: User | None, permission: str) -> Reach:
    """Return how far a person's permission reaches; without a person (the system) it is everything.

    Outside the own projects and the roles for whole entities, consultants reach only their own time.
    """
    if user is None:
        return Reach(None, everything=True, own=True)
    if not user.is_active or not may_use(user, permission):
        return Reach(user.pk, everything=False)
    held = [(role, entity) for role, entity in memberships(user) if role in PERMISSIONS[permission]]
    wide = {entity for role, entity in held if role in READ_ALL}
    managing = {entity for role, entity in held if role == Role.PROJECT_MANAGER}
    return Reach(
        user.pk,
        everything=None in wide,
        entities=tuple(entity for entity in wide if entity),
        managed_everywhere=None in managing,
        managed_in=tuple(entity for entity in managing if entity),
        own=bool(held),
    )


def may_record(actor: Actor, worker: Worker) -> None:
    """Refuse those who may enter no time of this worker; the single rows are checked by project."""
    own = actor.user is not None and worker.user_id == actor.user_id
    if own and reach(actor.user, "time.enter").own:
        return
    if reach(actor.user, "time.enter_for_others") == Reach(actor.user_id, everything=False):
        raise Forbidden("You may enter only your own time.")


def may_see_week(user: User, worker: Worker) -> bool:
    """Say whether the person may open the worker's weeks: the own ones, or those with work in reach."""
    if worker.user_id == user.pk:
        return True
    seen = reach(user, "time.view")
    assigned = Project.objects.filter(seen.projects(), assignments__worker=worker)
    return seen.everything or assigned.exists()


def may_touch_expense(actor: Actor, expense: Expense) -> None:
    """Refuse those who may not change this expense (its worker, project and manager loaded)."""
    own = actor.user_id is not None and expense.worker.user_id == actor.user_id
    if own and reach(actor.user, "expense.enter").own:
        return
    if not reach(actor.user, "expense.enter_for_others").covers(expense.project):
        raise Forbidden(f"You may not change expenses of {expense.worker.name} on {expense.project.code}.")
