"""The project page: facts, tasks, people, what happened."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.urls import reverse

from contracts.models import ContractLine
from contracts.states import VersionStatus
from core.actors import Actor
from core.errors import Forbidden
from core.models import User
from core.permissions import holds
from core.presentation import formats
from core.presentation.parts import Activity, Button, Fact
from core.queries.activity import feed
from projects.models import Assignment, Project, Task
from projects.policies import OVER, check_may_edit
from projects.queries import activity_of, visible_assignments
from projects.states import PROJECT, ProjectStatus

ONE_DAY = timedelta(days=1)
MOVES = (
    ("activate", "Activate", "runs", ProjectStatus.ACTIVE, ("planned", "provisioning")),
    ("resume", "Resume", "runs", ProjectStatus.ACTIVE, ("on_hold",)),
    ("hold", "Hold", "hold", ProjectStatus.ON_HOLD, ()),
    ("close", "Close", "close", ProjectStatus.CLOSED, ()),
    ("cancel", "Cancel project", "discard", ProjectStatus.CANCELLED, ()),
)


@dataclass(frozen=True)
class Person:
    """An assignment as the page shows it; the agreed price only for those who may see prices."""

    assignment: Assignment
    days: str
    price: Decimal | None


@dataclass(frozen=True)
class ProjectPage:
    """What the page draws."""

    project: Project
    user: User

    @cached_property
    def may_edit(self) -> bool:
        """Say whether the person may change the project."""
        try:
            check_may_edit(Actor.of(self.user), self.project)
        except Forbidden:
            return False
        return True

    @property
    def is_open(self) -> bool:
        """Say whether tasks and people may be changed by this person."""
        return self.may_edit and self.project.status not in OVER

    @property
    def facts(self) -> list[Fact]:
        """Return the facts of the project."""
        project, contract = self.project, self.project.contract
        readable = holds(self.user, "contract.view", contract.legal_entity_id)
        href = reverse("contract", args=[contract.code]) if readable else ""
        return [
            Fact("Contract", str(contract), href),
            Fact("Customer", contract.customer.name),
            Fact("Delivered by", project.legal_entity.name),
            Fact("Manager", project.manager.name),
            Fact("Service line", project.service_line.name),
            Fact("Starts", formats.day(project.starts_on)),
            Fact("Ends", formats.day(project.ends_on) if project.ends_on else "Open-ended"),
        ]

    @cached_property
    def tasks(self) -> list[Task]:
        """Return the tasks by code."""
        return list(self.project.tasks.all())

    @cached_property
    def line_names(self) -> dict[str, str]:
        """Return the names of the lines of the newest approved terms by key."""
        lines = ContractLine.objects.filter(
            contract_version__contract=self.project.contract_id,
            contract_version__status=VersionStatus.APPROVED,
        )
        return dict(lines.order_by("contract_version__number").values_list("key", "name"))

    @property
    def task_rows(self) -> list[tuple[Task, str]]:
        """Return each task with the name of its line."""
        return [(task, self.line_names.get(task.contract_line_key, "")) for task in self.tasks]

    @cached_property
    def people(self) -> list[Person]:
        """Return who works on the project, cancelled assignments left out."""
        rows = visible_assignments(self.user).filter(project=self.project).exclude(status="cancelled")
        sees_prices = holds(self.user, "rate.view", self.project.contract.legal_entity_id)
        return [
            Person(row, _days(row.valid), row.rate_override if sees_prices else None)
            for row in rows.select_related("worker", "role").order_by("worker__name", "valid")
        ]

    @cached_property
    def buttons(self) -> list[Button]:
        """Return what the person may do with the project now."""
        if not self.may_edit:
            return []
        project, legal = self.project, PROJECT.moves.get(self.project.status, frozenset())
        buttons = []
        if self.is_open:
            buttons.append(Button("Edit", reverse("project_edit", args=[project.code]), "edit"))
        for kind, label, icon, target, only_from in MOVES:
            if target in legal and (not only_from or project.status in only_from):
                href = reverse("project_move", args=[project.code, kind])
                opens = kind == "activate"
                why_not = f"Still missing: {project.waits_for}." if opens and project.waits_for else ""
                buttons.append(Button(label, href, icon, primary=opens, dialog=True, reason=why_not))
        return buttons

    @cached_property
    def activity(self) -> list[Activity]:
        """Return what happened to the project, its tasks and people, newest first."""
        tasks, people = [task.pk for task in self.tasks], [one.assignment.pk for one in self.people]
        return feed(activity_of(self.project, [*tasks, *people]), limit=20)


def _days(days: Any) -> str:
    if days.upper is None:
        return f"{formats.day(days.lower)} on"
    return formats.span(days.lower, days.upper - ONE_DAY)
