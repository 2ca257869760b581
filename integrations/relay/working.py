"""What each kind of step does: HERE in one transaction of ours, THERE by asking another system.

A worker of HERE is called with the step locked. A worker of THERE reads what it needs and returns the
question; the question is asked outside any transaction, begins with looking, and is safe to repeat.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from contracts.models import BillingAccount, Contract
from integrations.actions.stepping import Confirmed
from integrations.actions.steps.activation import (
    CUSTOMER,
    OPENING,
    PROJECTS,
    TERMS,
    WRITE_BACK,
    deal_of,
    missing,
)
from integrations.adapters import Adapter, DealSource
from integrations.connectors import connected, connected_source
from integrations.models import ProcessStep, System
from integrations.queries.loaded import check_loaded
from integrations.queries.parties import BILLING_ACCOUNT, known_as, party_of_account
from integrations.queries.told import what_deals_should_know
from integrations.relay.claiming import RELAY
from projects.actions.milestones import plan_milestones
from projects.actions.provisioning import open_projects, provision_projects
from projects.actions.workstreams import delivered_lines
from projects.models import Project

_TOLD = "ready for delivery"


@dataclass(frozen=True)
class Connections:
    """How a worker reaches systems; tests give others."""

    erp: Callable[[System], AbstractContextManager[Adapter]] = connected
    crm: Callable[[System], AbstractContextManager[DealSource]] = connected_source


Ask = Callable[[Connections], Confirmed]


def set_up_projects(step: ProcessStep) -> Confirmed:
    """Make the projects the contract lacks; those there are already are named as found."""
    contract = Contract.objects.get(pk=step.process.subject_id)
    made = provision_projects(contract.pk, waits_for=missing(step.process), actor=RELAY)
    others = {project.pk: project for project in delivered_lines(contract).values()}
    found = [project for pk, project in others.items() if pk not in {one.pk for one in made}]
    return Confirmed({"made": _named(made), "found": _named(found)})


def confirm_terms(step: ProcessStep) -> Confirmed:
    """Plan the milestones, and confirm that every line stands loaded; refuse with what is missing."""
    contract = Contract.objects.get(pk=step.process.subject_id)
    plan_milestones(contract.pk, actor=RELAY)
    return Confirmed(check_loaded(contract))


def open_delivery(step: ProcessStep) -> Confirmed:
    """Open what this process set up, now that everything else is confirmed."""
    made = step.process.steps.get(work=PROJECTS).result["made"]
    opened = open_projects([project["id"] for project in made], actor=RELAY)
    return Confirmed({"opened": _named(opened)})


def validate_customer(step: ProcessStep) -> Ask:
    """Ask that the system knows the bill-to, under our reference, with all an invoice needs."""
    system = step.system
    assert system is not None and step.about_id is not None
    account = BillingAccount.objects.select_related("customer").get(pk=step.about_id)
    party = party_of_account(account)
    number = known_as(system.pk, BILLING_ACCOUNT, account.pk)

    def ask(to: Connections) -> Confirmed:
        with to.erp(system) as adapter:
            known = adapter.validate_party(party, number)
        result: dict[str, object] = {"number": known.number, "how": known.how, "account": account.code}
        return Confirmed(result, external_id=known.number)

    return ask


def write_ids_back(step: ProcessStep) -> Ask:
    """Ask that the deal carries the codes of our contract and its projects, and how the contract stands."""
    system, deal = step.system, deal_of(Contract.objects.get(pk=step.process.subject_id))
    assert system is not None and deal is not None
    told = what_deals_should_know([deal.pk])[deal.pk]

    def ask(to: Connections) -> Confirmed:
        with to.crm(system) as source:
            source.write_back(deal.source_id, told)
        return Confirmed({"deal": deal.source_id, "told": told})

    return ask


def _named(projects: list[Project]) -> list[dict[str, Any]]:
    return [
        {"id": str(project.pk), "code": project.code}
        for project in sorted(projects, key=lambda one: one.code)
    ]


HERE: dict[str, Callable[[ProcessStep], Confirmed]] = {
    PROJECTS: set_up_projects,
    TERMS: confirm_terms,
    OPENING: open_delivery,
}
THERE: dict[str, Callable[[ProcessStep], Ask]] = {
    CUSTOMER: validate_customer,
    WRITE_BACK: write_ids_back,
}
