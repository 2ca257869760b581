"""Places of integrations in the shell."""

from django.http import HttpRequest

from core.pages import person_of
from core.presentation.navigation import Entry, registry
from integrations.queries.deliveries import stuck_count
from integrations.queries.reconciliation import open_breaks


def _breaks(request: HttpRequest) -> int:
    return open_breaks(person_of(request))


def _stuck(request: HttpRequest) -> int:
    return stuck_count(person_of(request))


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
    )
)
