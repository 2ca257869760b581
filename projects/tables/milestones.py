"""The register of milestones, and the panels that show them on pages of contracts and projects."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from contracts.models import Contract
from core.pages import person_of
from core.permissions import holds
from core.presentation.columns import Column
from core.presentation.panels import Panel
from core.presentation.register import Empty, Register
from core.presentation.table import Table
from projects.filters import MilestoneFilter
from projects.models import Project
from projects.queries.milestones import visible_milestones, with_terms
from projects.states import MilestoneStatus


def _waits_since(row: Any) -> date | None:
    """Return the day since which a sign-off is waited for."""
    return row.completed_on if row.status == MilestoneStatus.COMPLETED else None


MILESTONES = Register(
    title="Milestones",
    table=Table(
        columns=(
            Column(
                "code",
                "Milestone",
                read=lambda row: row.name or row.term_key,
                detail="code",
                sort="code",
                lead=True,
                link=lambda row: reverse("milestone", args=[row.code]),
            ),
            Column("customer", "Customer", read="contract.customer.name", sort="contract__customer__name"),
            Column("contract", "Contract", "id", read="contract.code", sort="contract__code"),
            Column("project", "Project", "id", read="project.code", sort="project__code"),
            Column("due_on", "Due", "day", sort="due_on"),
            Column("percent_complete", "Progress", "quantity", unit=lambda row: "%", sort="percent_complete"),
            Column("status", "Status", "state", sort="status", subject="milestone"),
            Column("waiting", "Waits since", "age", read=_waits_since, sort="completed_on"),
            Column("accepted_percent", "Accepted", "quantity", unit=lambda row: "%", sort="accepted_percent"),
            Column(
                "waiting_amount",
                "Not accepted",
                "money",
                currency="contract.currency_id",
                sort="waiting_amount",
                total="waiting_amount",
            ),
        ),
        order="due_on",
        noun=("milestone", "milestones"),
        currency="contract__currency_id",
        row_label="code",
    ),
    empty=Empty("No milestones yet", "They are planned when a project of a fixed-fee contract is activated."),
    filterset=MilestoneFilter,
)


@dataclass(frozen=True)
class ListedMilestones:
    """Milestones on the page of their contract or project; amounts in `currency`."""

    rows: list[Any]
    currency: str

    @property
    def waiting(self) -> Decimal:
        """Return what is completed and not accepted."""
        waits = [row.waiting_amount or Decimal(0) for row in self.rows if row.status == "completed"]
        return sum(waits, Decimal(0))


def of_contract(request: HttpRequest, contract: Contract) -> Panel | None:
    """Return the milestones of a contract that the person may see; nothing where there are none."""
    return _panel(request, visible_milestones(person_of(request)).filter(contract=contract), contract)


def of_project(request: HttpRequest, project: Project) -> Panel | None:
    """Return the milestones of a project; nothing where there are none."""
    rows = visible_milestones(person_of(request)).filter(project=project)
    return _panel(request, rows, project.contract)


def _panel(request: HttpRequest, milestones: QuerySet[Any], contract: Contract) -> Panel | None:
    if not holds(person_of(request), "milestone.view"):
        return None
    rows = list(with_terms(milestones, timezone.localdate()).select_related("project"))
    if not rows:
        return None
    return Panel("projects/milestones_of.html", ListedMilestones(rows, contract.currency_id))
