"""Hold, resume, complete, terminate and cancel contracts."""

import uuid

from contracts.events import (
    ContractCancelled,
    ContractCompleted,
    ContractHeld,
    ContractResumed,
    ContractTerminated,
)
from contracts.models import Contract
from contracts.states import CONTRACT, ContractStatus
from core.actors import Actor
from core.errors import Invalid
from core.events import record
from core.permissions import require
from core.rows import locked, save_changes
from core.states import IllegalMove, words
from core.verbs import verb


class ReasonRequired(Invalid):
    """This step has to be explained."""

    code = "reason_required"


@verb
def hold_contract(contract_id: uuid.UUID, *, reason: str, actor: Actor) -> Contract:
    """Put an active contract on hold, with a reason; records contract.held."""
    return _move(contract_id, ContractStatus.ON_HOLD, ContractHeld, actor=actor, explained=reason)


@verb
def resume_contract(contract_id: uuid.UUID, *, actor: Actor, reason: str = "") -> Contract:
    """Lift the hold; records contract.resumed."""
    return _move(
        contract_id, ContractStatus.ACTIVE, ContractResumed, actor=actor, only_from=ContractStatus.ON_HOLD
    )


@verb
def complete_contract(contract_id: uuid.UUID, *, actor: Actor, reason: str = "") -> Contract:
    """Note that everything agreed is delivered; records contract.completed."""
    return _move(contract_id, ContractStatus.COMPLETED, ContractCompleted, actor=actor)


@verb
def terminate_contract(contract_id: uuid.UUID, *, reason: str, actor: Actor) -> Contract:
    """End a contract before it is fulfilled, with a reason; records contract.terminated."""
    return _move(contract_id, ContractStatus.TERMINATED, ContractTerminated, actor=actor, explained=reason)


@verb
def cancel_contract(contract_id: uuid.UUID, *, reason: str, actor: Actor) -> Contract:
    """Give up a contract that never became active, with a reason; records contract.cancelled."""
    return _move(contract_id, ContractStatus.CANCELLED, ContractCancelled, actor=actor, explained=reason)


_Moved = (
    type[ContractHeld]
    | type[ContractResumed]
    | type[ContractCompleted]
    | type[ContractTerminated]
    | type[ContractCancelled]
)


def _move(
    contract_id: uuid.UUID,
    target: ContractStatus,
    happened: _Moved,
    *,
    actor: Actor,
    explained: str | None = None,
    only_from: str = "",
) -> Contract:
    if explained is not None and not explained.strip():
        raise ReasonRequired("Say why: the reason stays in the record of the contract.", field="reason")
    contract = locked(Contract, contract_id)
    require(actor, "contract.edit", contract.legal_entity_id)
    previous = contract.status
    if previous == target:
        return contract
    if only_from and previous != only_from:
        raise IllegalMove(f"{contract.code} is {words(previous)}, not {words(only_from)}.", field="status")
    CONTRACT.check(previous, target, label=contract.code)
    save_changes(contract, {"status": target})
    record(contract, happened(contract.code, previous), legal_entity_id=contract.legal_entity_id)
    return contract
