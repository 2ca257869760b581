"""Where the pages of projects and people stand in the shell, and what they add to other pages."""

from core.presentation.navigation import Entry, registry
from core.presentation.panels import panels
from projects.tables.parts import of_contract

registry.add(
    Entry("projects", "Work", "Projects", "projects", "projects", permission="project.view", order=40),
    Entry("workers", "Work", "People", "workers", "people", permission="worker.view", order=50),
)
panels.add("contract.main", of_contract, order=10)
