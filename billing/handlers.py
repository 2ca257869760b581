"""What billing does when facts, terms or decisions change: price exactly what they touch."""

from uuid import UUID

from django.db import transaction

from billing.actions.pricing import price
from billing.pricing.scope import Scope
from billing.queries.affected import (
    contracts_of_cards,
    contracts_of_entities,
    contracts_of_projects,
    contracts_of_proposals,
    contracts_with_foreign_spend,
    priced_contracts,
    sources_of_slices,
)
from core.actors import Actor
from core.models import Event
from core.reactions import reacts_to, wake

PRICING = Actor.system("pricing")
SLICES_AT_ONCE = 50


@reacts_to("time.approved")
def price_approved_time(events: list[Event]) -> None:
    """Price the approved slices; many at once are cheaper as whole contracts."""
    contracts = _ids(events, "contract_id")
    few = len(events) <= SLICES_AT_ONCE
    sources = sources_of_slices([event.payload for event in events]) if few else []
    price(Scope.of(contracts, sources), actor=PRICING, reason="time approved")


@reacts_to("time.corrected")
def price_corrected_time(events: list[Event]) -> None:
    """Price the corrected chains where the work stood and where it went."""
    contracts = {UUID(identifier) for event in events for identifier in event.payload["contract_ids"]}
    roots = {UUID(identifier) for event in events for identifier in event.payload["roots"]}
    price(Scope.of(contracts, roots), actor=PRICING, reason="time corrected")


@reacts_to("expense.approved")
def price_approved_expenses(events: list[Event]) -> None:
    """Price the approved expenses; many at once are cheaper as whole contracts."""
    few = len(events) <= SLICES_AT_ONCE
    sources = _ids(events, "root_id") if few else set[UUID]()
    price(Scope.of(_ids(events, "contract_id"), sources), actor=PRICING, reason="expenses approved")


@reacts_to("expense.corrected")
def price_corrected_expenses(events: list[Event]) -> None:
    """Price the corrected expenses where they stood and where they went."""
    contracts = {UUID(identifier) for event in events for identifier in event.payload["contract_ids"]}
    price(Scope.of(contracts, _ids(events, "root_id")), actor=PRICING, reason="expenses corrected")


@reacts_to("master_data.changed")
def price_foreign_spend(events: list[Event]) -> None:
    """Price contracts with expenses in other currencies when an exchange rate arrives or changes."""
    if any(event.payload["model"] == "core.exchangerate" for event in events):
        price(Scope.of(contracts_with_foreign_spend()), actor=PRICING, reason="exchange rate changed")


@reacts_to("contract_version.approved")
def price_amended_contracts(events: list[Event]) -> None:
    """Price contracts whose terms changed, also in the past."""
    price(Scope.of(_ids(events, "contract_id")), actor=PRICING, reason="terms approved")


@reacts_to("milestone.signed_off")
def price_accepted_milestones(events: list[Event]) -> None:
    """Price what was accepted of milestones."""
    scope = Scope.of(_ids(events, "contract_id"), _ids(events, "sign_off_id"))
    price(scope, actor=PRICING, reason="milestone signed off")


@reacts_to("contract.changed")
def price_under_another_policy(events: list[Event]) -> None:
    """Price contracts for which changed terms mean something else now."""
    changed = [event for event in events if "retroactivity" in event.payload["fields"]]
    price(Scope.of({event.aggregate_id for event in changed}), actor=PRICING, reason="policy changed")


@reacts_to("proposal.refused")
def price_what_was_refused(events: list[Event]) -> None:
    """Price contracts whose document the ERP sent back: what was fixed is open again."""
    contracts = contracts_of_proposals({event.aggregate_id for event in events})
    price(Scope.of(contracts), actor=PRICING, reason="refused by the ERP")


@reacts_to("rate.changed")
def price_changed_rates(events: list[Event]) -> None:
    """Price every contract that may draw on a changed rate card."""
    price(Scope.of(contracts_of_cards(_ids(events, "card_id"))), actor=PRICING, reason="rate changed")


@reacts_to("charge.adjusted")
def price_decided_sources(events: list[Event]) -> None:
    """Price sources that were written off, down or up."""
    scope = Scope.of(_ids(events, "contract_id"), _ids(events, "source_id"))
    price(scope, actor=PRICING, reason="decision approved")


@reacts_to(
    "resource.assigned",
    "resource.confirmed",
    "resource.changed",
    "resource.released",
    "task.changed",
    "project.changed",
    "project.activated",
)
def price_changed_projects(events: list[Event]) -> None:
    """Price contracts of projects whose roles, agreed prices or tasks changed."""
    contracts = contracts_of_projects(_ids(events, "project_id"))
    price(Scope.of(contracts), actor=PRICING, reason="project changed")


@reacts_to("period.closed", "period.reopened")
def date_into_open_periods(events: list[Event]) -> None:
    """Date open charges into the first open period again."""
    entities = {event.legal_entity_id for event in events if event.legal_entity_id}
    price(Scope.of(contracts_of_entities(entities)), actor=PRICING, reason="period changed")


@reacts_to("employment.changed", "master_data.changed")
def price_changed_people(events: list[Event]) -> None:
    """Price everything when employments or work types changed: rare, and any contract may be touched."""
    touching = {"projects.employment", "timesheets.worktype"}
    if any(event.payload.get("model", "projects.employment") in touching for event in events):
        price(Scope.of(priced_contracts()), actor=PRICING, reason="people or work types changed")


def _ids(events: list[Event], name: str) -> set[UUID]:
    return {UUID(event.payload[name]) for event in events}


@reacts_to("billing_run.started")
def wake_runs(events: list[Event]) -> None:
    """Nudge a worker to advance the run; the sweep finds it too."""
    transaction.on_commit(lambda: wake("billing.tasks.advance_runs"))
