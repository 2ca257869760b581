"""The order of locks: contracts by id, then runs and proposals. Whoever moves charges keeps to it."""

import uuid
from collections.abc import Iterable

from billing.models import Proposal
from contracts.models import Contract
from core.errors import NotFound


def lock_contracts(contract_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Contract]:
    """Lock contracts in the order of their ids and return them."""
    rows = Contract.objects.filter(pk__in=list(contract_ids)).order_by("pk").select_for_update(no_key=True)
    return {contract.pk: contract for contract in rows}


def lock_proposal(proposal_id: uuid.UUID) -> Proposal:
    """Lock the contract of a proposal, then the proposal, and return it; refuse one that is not there."""
    contract_id = Proposal.objects.filter(pk=proposal_id).values_list("contract_id", flat=True).first()
    if contract_id is None:
        raise NotFound("No such proposal.")
    lock_contracts([contract_id])
    return Proposal.objects.select_for_update(no_key=True).get(pk=proposal_id)
