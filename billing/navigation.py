"""Where billing's pages stand in the shell."""

from django.http import HttpRequest

from billing.queries.ceilings import of_contract
from billing.queries.milestone_charges import of_milestone
from billing.queries.registers import runs_at_work
from billing.queries.visibility import visible_adjustments, visible_proposals, visible_runs
from billing.states import IN_HAND, AdjustmentStatus
from core.pages import person_of
from core.presentation.counting import Countable
from core.presentation.navigation import Entry, registry
from core.presentation.panels import panels


def runs_in_hand(request: HttpRequest) -> Countable:
    """Return the runs that are prepared, running, or have documents that are not with the ERP yet."""
    return runs_at_work(visible_runs(person_of(request)))


def proposals_in_hand(request: HttpRequest) -> Countable:
    """Return the documents that wait for somebody inside the firm."""
    return visible_proposals(person_of(request)).filter(status__in=IN_HAND)


def decisions_waiting(request: HttpRequest) -> Countable:
    """Return the decisions about money that wait for a second person."""
    return visible_adjustments(person_of(request)).filter(status=AdjustmentStatus.SUBMITTED)


registry.add(
    Entry(
        key="billing_runs",
        group="Bill",
        label="Billing runs",
        url_name="billing_runs",
        icon="runs",
        permission="run.view",
        count=runs_in_hand,
        shortcut="B",
        order=10,
        counted="in_hand=yes",
    ),
    Entry(
        key="proposals",
        group="Bill",
        label="Invoice proposals",
        url_name="proposals",
        icon="proposals",
        permission="proposal.view",
        count=proposals_in_hand,
        shortcut="P",
        order=20,
        counted="in_hand=yes",
    ),
    Entry(
        key="unbilled",
        group="Bill",
        label="Unbilled work",
        url_name="unbilled",
        icon="money",
        permission="charge.view",
        order=30,
    ),
    Entry(
        key="decisions",
        group="Bill",
        label="Decisions",
        url_name="decisions",
        icon="rules",
        permission="charge.view",
        count=decisions_waiting,
        order=40,
        counted="status=submitted",
    ),
    Entry(
        key="which_rate",
        group="Agreements",
        label="Which rate",
        url_name="which_rate",
        icon="search",
        permission="rate.view",
        order=90,
    ),
)
panels.add("contract.main", of_contract, order=5)
panels.add("milestone.main", of_milestone, order=10)
