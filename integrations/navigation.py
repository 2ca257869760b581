"""Places of integrations in the shell."""

from django.http import HttpRequest

from core.pages import person_of
from core.presentation.counting import Countable
from core.presentation.navigation import Entry, registry
from core.presentation.panels import panels
from integrations.queries.deliveries import stuck_deliveries
from integrations.queries.processes import waiting_processes
from integrations.queries.reconciliation import open_breaks
from integrations.tables.deals import trail_of_deal
from integrations.tables.processes import of_contract


def _breaks(request: HttpRequest) -> Countable:
    return open_breaks(person_of(request))


def _waiting(request: HttpRequest) -> Countable:
    return waiting_processes(person_of(request))


def _stuck(request: HttpRequest) -> Countable:
    return stuck_deliveries(person_of(request))


registry.add(
    Entry(
        "reconciliation",
        "Bill",
        "Reconciliation",
        "reconciliation",
        "reconciliation",
        permission="reconciliation.view",
        count=_breaks,
        urgent=True,
        shortcut="R",
        order=30,
    )
)
registry.add(
    Entry(
        "integrations",
        "Understand",
        "Integrations",
        "integrations",
        "integrations",
        permission="integration.view",
        count=_stuck,
        shortcut="I",
        order=30,
        counted="stuck=true",
    )
)
registry.add(
    Entry(
        "processes",
        "Understand",
        "Processes",
        "processes",
        "processes",
        permission="process.view",
        count=_waiting,
        order=25,
        counted="state=waiting",
    )
)
panels.add("contract.side", of_contract, order=50)
panels.add("deal.main", trail_of_deal, order=10)
