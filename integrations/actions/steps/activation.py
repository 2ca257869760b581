"""What the activation of a contract consists of. Steps; they read only."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from billing.models import Charge
from contracts.models import Contract, ContractVersion, Deal
from contracts.states import VersionStatus
from integrations.models import Process, Route, System
from integrations.queries.parties import BILLING_ACCOUNT
from integrations.states import StepState
from projects.actions.provisioning import say_what_is_missing
from projects.actions.workstreams import delivered_lines
from projects.models import Project
from projects.states import ProjectStatus

CUSTOMER, PROJECTS, TERMS = "customer", "projects", "terms"
WRITE_BACK, OPENING = "write_back", "opening"
WITHDRAW = "withdraw_projects"
# Which routes lead to systems that have to know who is billed.
_NEED_THE_CUSTOMER = ("customer", "invoice")


@dataclass(frozen=True)
class Planned:
    """A step to be laid out: what it does, with which object, in which system, after which others."""

    key: str
    work: str
    label: str
    depends_on: tuple[str, ...] = ()
    system: System | None = None
    about_type: str = ""
    about_id: uuid.UUID | None = None
    compensation: str = ""


def plan_activation(contract: Contract) -> list[Planned]:
    """Return the steps that open delivery of a contract.

    Each bill-to is known to the system that gets the entity's documents, projects and terms stand, the CRM
    of its deal has our ids. What a contract does not need (no route, no deal) has no step.
    """
    customers = list(_customers(contract))
    before = [
        *customers,
        Planned(PROJECTS, PROJECTS, "Projects set up", compensation=WITHDRAW),
        Planned(TERMS, TERMS, "Terms and billing rules loaded", (PROJECTS,)),
    ]
    before += _write_back(contract, before)
    return [*before, Planned(OPENING, OPENING, "Delivery open", tuple(step.key for step in before))]


def _customers(contract: Contract) -> Iterator[Planned]:
    version = newest_terms(contract)
    if version is None:
        return
    routes = Route.objects.filter(
        legal_entity=contract.legal_entity_id, object_type__in=_NEED_THE_CUSTOMER
    ).select_related("system")
    systems = {route.system_id: route.system for route in routes}
    for system in sorted(systems.values(), key=lambda one: one.code):
        for payer in version.payers.select_related("billing_account").order_by("billing_account__code"):
            account = payer.billing_account
            yield Planned(
                f"customer:{system.code}:{account.code}"[:80],
                CUSTOMER,
                f"Customer {account.code} in {system.name}",
                system=system,
                about_type=BILLING_ACCOUNT,
                about_id=account.pk,
            )


def _write_back(contract: Contract, before: list[Planned]) -> Iterator[Planned]:
    """Plan that the CRM hears of us, once there is something to tell; other sources of deals are not told."""
    deal = deal_of(contract)
    crm = System.objects.filter(code=deal.source, purpose="crm").first() if deal else None
    if crm:
        label = f"Ids written back to {crm.name}"
        yield Planned(WRITE_BACK, WRITE_BACK, label, tuple(step.key for step in before), system=crm)


def deal_of(contract: Contract) -> Deal | None:
    """Return the deal the contract was drafted from."""
    return Deal.objects.filter(contract=contract).first()


def newest_terms(contract: Contract) -> ContractVersion | None:
    """Return the newest approved terms of a contract."""
    return contract.versions.filter(status=VersionStatus.APPROVED).order_by("-number").first()


def contract_value(contract: Contract) -> Decimal | None:
    """Return what the contract is worth in its currency: its deal's amount, else its fixed fees.

    Unknown where it has neither.
    """
    deal = deal_of(contract)
    if deal and deal.amount is not None and deal.currency == contract.currency_id:
        return deal.amount
    version = newest_terms(contract)
    amounts = [line.amount for line in version.lines.all() if line.amount is not None] if version else []
    return sum(amounts, Decimal(0)) if amounts else None


def held_back(contract: Contract) -> Decimal | None:
    """Return what of a contract's worth cannot be earned while delivery is not open, in its currency.

    Its worth less what is priced already; nothing once open projects deliver every line. Unknown where the
    worth is.
    """
    worth = contract_value(contract)
    if worth is None:
        return None
    if delivery_is_open(contract):
        return Decimal(0)
    priced = Charge.objects.filter(contract=contract, billable=True).aggregate(sum=Sum("amount"))["sum"]
    return max(worth - (priced or Decimal(0)), Decimal(0))


def delivery_is_open(contract: Contract) -> bool:
    """Say whether active projects deliver every line of the newest approved terms."""
    version = newest_terms(contract)
    if version is None:
        return False
    active = {
        key for key, project in delivered_lines(contract).items() if project.status == ProjectStatus.ACTIVE
    }
    return set(version.lines.values_list("key", flat=True)) <= active


def missing(process: Process) -> str:
    """Return in words what is still to be confirmed before delivery opens; nothing once it may."""
    labels = (
        process.steps.exclude(work=OPENING)
        .exclude(state=StepState.DONE)
        .order_by("position")
        .values_list("label", flat=True)
    )
    return ", ".join(label[:1].lower() + label[1:] for label in labels)


def tell_projects(process: Process) -> None:
    """Keep on the projects being set up what they still wait for."""
    projects = Project.objects.filter(contract=process.subject_id)
    say_what_is_missing(list(projects.values_list("pk", flat=True)), missing(process))
