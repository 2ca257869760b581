"""Make what must always hold, and does not, somebody's task."""

import uuid
from collections.abc import Collection, Mapping

from contracts.models import Contract
from core.actors import Actor
from core.exceptions import OPEN_STATES, Cause, close_exceptions, open_exception
from core.models import ExceptionItem
from core.verbs import verb
from reporting.invariants import names, sentence
from reporting.invariants.offences import CODE, MOST, Offence, prefix


@verb
def judge_invariants(found: Mapping[str, Collection[Offence]], *, actor: Actor) -> int:
    """Open an exception per invariant and object that breaks it, and close those that no longer do.

    Where an invariant has more offenders than were read, nothing of it is closed. Returns how many are open.
    """
    offences = [offence for listed in found.values() for offence in listed]
    contracts = Contract.objects.in_bulk({one.contract_id for one in offences if one.contract_id})
    for offence in offences:
        open_exception(_cause(offence, contracts), actor=actor)
    complete = [name for name in names() if len(found.get(name, ())) < MOST]
    _close_gone({offence.key for offence in offences}, complete, actor)
    return len(offences)


def _close_gone(keys: Collection[str], invariants: Collection[str], actor: Actor) -> None:
    starts = tuple(prefix(name) for name in invariants)
    known = ExceptionItem.objects.filter(code=CODE, state__in=OPEN_STATES).exclude(cause_key__in=keys)
    gone = [key for key in known.values_list("cause_key", flat=True) if key.startswith(starts)]
    close_exceptions(gone, resolution="It holds again.", actor=actor)


def _cause(offence: Offence, contracts: Mapping[uuid.UUID, Contract]) -> Cause:
    contract = contracts.get(offence.contract_id) if offence.contract_id else None
    return Cause(
        code=CODE,
        key=offence.key,
        title=sentence(offence.invariant)[:200],
        object_type=offence.object_type,
        object_id=offence.object_id,
        kind="technical",
        object_label=contract.code if contract else offence.columns.get("number", offence.invariant),
        contract_id=offence.contract_id,
        legal_entity_id=contract.legal_entity_id if contract else None,
        flow="invariants",
        team="integration_support",
        evidence={"invariant": offence.invariant, **offence.columns},
    )
