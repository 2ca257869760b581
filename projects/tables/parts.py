"""What projects add to pages of agreements."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from contracts.models import Contract
from core.pages import person_of
from core.permissions import holds
from core.presentation.panels import Panel
from projects.models import Project
from projects.policies import ContractNotActive, check_contract_active
from projects.queries import visible_projects


@dataclass(frozen=True)
class ContractProjects:
    """The projects under a contract that the person may see."""

    projects: list[Project]
    new_href: str


def of_contract(request: HttpRequest, contract: Contract) -> Panel | None:
    """Return the projects of a contract; nothing for a master agreement."""
    if contract.kind == Contract.Kind.MASTER:
        return None
    user = person_of(request)
    rows = visible_projects(user).filter(contract=contract).select_related("manager", "legal_entity")
    plans = holds(user, "project.edit") and _takes_projects(contract)
    href = reverse("project_new", args=[contract.code]) if plans else ""
    return Panel("projects/of_contract.html", ContractProjects(list(rows), href))


def _takes_projects(contract: Contract) -> bool:
    try:
        check_contract_active(contract)
    except ContractNotActive:
        return False
    return True
