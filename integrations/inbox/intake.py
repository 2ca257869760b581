"""The one way a deal of another system comes in, whether a webhook or the sweep brought it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from uuid import UUID

from contracts.actions.deals import Origin, take_deal
from contracts.deals.terms import said_by
from core.actors import Actor
from integrations.actions.references import link_reference
from integrations.adapters import DealSource, TheirDeal
from integrations.connectors import DEAL_MAPPINGS
from integrations.models import MappingVersion, MirroredDeal, System
from integrations.states import MappingState

INTAKE = Actor.system("deal intake")
DEAL = "contracts.deal"
Connect = Callable[[System], AbstractContextManager[DealSource]]
Clock = Callable[[], datetime]


class NoMapping(Exception):
    """No mapping version of the system's deals is in force, so nothing can be read."""


def take_in(system: System, theirs: TheirDeal, *, now: datetime) -> bool:
    """Take in a deal as its system holds it now; say whether it was news. Repeating changes nothing.

    The mirror is written last: a crash before means that the deal is taken in once more, to no effect.
    """
    if held_version(system, theirs.external_id) >= theirs.version:
        return False
    terms = DEAL_MAPPINGS[system.vendor](theirs.body, _mapping(system).rules)
    origin = Origin(system.code, theirs.external_id, theirs.version)
    deal = take_deal(origin, given=said_by(terms), won=theirs.won, actor=INTAKE)
    if deal is not None:
        link_reference(
            system.pk, object_type=DEAL, object_id=deal.pk, external_id=theirs.external_id, actor=INTAKE
        )
    mirror(system, theirs, now=now, deal_id=deal.pk if deal else None)
    return True


def held_version(system: System, external_id: str) -> int:
    """Return which version of a deal we read last; 0 where we never saw it."""
    held = MirroredDeal.objects.filter(system=system, external_id=external_id)
    return held.values_list("theirs_version", flat=True).first() or 0


def mirror(system: System, theirs: TheirDeal, *, now: datetime, deal_id: UUID | None) -> None:
    """Keep the deal as it was read."""
    MirroredDeal.objects.update_or_create(
        system=system,
        external_id=theirs.external_id,
        defaults={
            "theirs_version": theirs.version,
            "stage": theirs.stage,
            "body": dict(theirs.body),
            "read_at": now,
            "deal_id": deal_id,
        },
    )


def _mapping(system: System) -> MappingVersion:
    active = MappingVersion.objects.filter(
        system=system, object_type="deal", state=MappingState.ACTIVE
    ).first()
    if active is None:
        raise NoMapping(f"No mapping of the deals of {system} is in force.")
    return active
