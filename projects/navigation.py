"""Where the pages of projects and people stand in the shell, and what they add to other pages."""

from django.http import HttpRequest
from django.utils import timezone

from core.pages import person_of
from core.presentation.counting import Countable
from core.presentation.navigation import Entry, registry
from core.presentation.panels import panels
from projects.queries.milestones import unsigned, visible_milestones
from projects.tables import milestones
from projects.tables.parts import of_contract


def late_milestones(request: HttpRequest) -> Countable:
    """Return the milestones that wait too long for their sign-off."""
    return unsigned(visible_milestones(person_of(request)), timezone.localdate())


registry.add(
    Entry(
        "milestones",
        "Work",
        "Milestones",
        "milestones",
        "milestones",
        permission="milestone.view",
        count=late_milestones,
        order=35,
        counted="unsigned=late",
    ),
    Entry("projects", "Work", "Projects", "projects", "projects", permission="project.view", order=40),
    Entry("workers", "Work", "People", "workers", "people", permission="worker.view", order=50),
)
panels.add("contract.main", of_contract, order=10)
panels.add("contract.main", milestones.of_contract, order=20)
panels.add("project.main", milestones.of_project, order=10)
