"""Which contracts and sources a change of facts or terms touches."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import F, Q

from billing.models import Proposal
from contracts.models import Contract, RateCard
from contracts.states import ContractStatus
from timesheets.models import Expense, TimeEntry
from timesheets.states import EntryStatus

PRICED = (ContractStatus.ACTIVE, ContractStatus.ON_HOLD, ContractStatus.COMPLETED, ContractStatus.TERMINATED)


def priced_contracts() -> list[uuid.UUID]:
    """Return every contract that has been active."""
    return list(Contract.objects.filter(status__in=PRICED).order_by("pk").values_list("pk", flat=True))


def contracts_of_cards(card_ids: Iterable[uuid.UUID]) -> list[uuid.UUID]:
    """Return the contracts that may be priced from any of the rate cards."""
    reached = Q(pk__in=[])
    for card in RateCard.objects.filter(pk__in=list(card_ids)):
        reached |= {
            RateCard.Scope.CONTRACT: Q(pk=card.contract_id),
            RateCard.Scope.CUSTOMER: Q(customer_id=card.customer_id),
            RateCard.Scope.LEGAL_ENTITY: Q(legal_entity_id=card.legal_entity_id),
            RateCard.Scope.STANDARD: ~Q(pk__in=[]),
        }[RateCard.Scope(card.scope)]
    return list(Contract.objects.filter(reached, status__in=PRICED).values_list("pk", flat=True))


def contracts_of_entities(entity_ids: Iterable[uuid.UUID]) -> list[uuid.UUID]:
    """Return the contracts of legal entities."""
    contracts = Contract.objects.filter(legal_entity_id__in=list(entity_ids), status__in=PRICED)
    return list(contracts.values_list("pk", flat=True))


def contracts_of_projects(project_ids: Iterable[uuid.UUID]) -> list[uuid.UUID]:
    """Return the contracts behind projects."""
    contracts = Contract.objects.filter(projects__in=list(project_ids), status__in=PRICED)
    return list(contracts.distinct().values_list("pk", flat=True))


def contracts_of_proposals(proposal_ids: Iterable[uuid.UUID]) -> list[uuid.UUID]:
    """Return the contracts that proposals bill."""
    contracts = Proposal.objects.filter(pk__in=list(proposal_ids)).values_list("contract_id", flat=True)
    return list(contracts.distinct())


def contracts_with_foreign_spend() -> list[uuid.UUID]:
    """Return the contracts with approved expenses in another currency than their own."""
    spent = Expense.objects.filter(status=EntryStatus.APPROVED).exclude(
        currency=F("project__contract__currency")
    )
    return list(spent.order_by().values_list("project__contract_id", flat=True).distinct())


def sources_of_slices(slices: Iterable[dict[str, Any]]) -> list[uuid.UUID]:
    """Return the roots of the entries in slices of worker, project and days."""
    within = Q(pk__in=[])
    for part in slices:
        within |= Q(
            worker_id=part["worker_id"],
            project_id=part["project_id"],
            work_date__range=(part["first_on"], part["last_on"]),
        )
    entries = TimeEntry.objects.filter(within, status="approved")
    return list(entries.values_list("root_id", flat=True).distinct())
