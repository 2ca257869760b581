"""Take deals in, complete them, and decide whose word holds where both sides changed a field."""

import uuid
from dataclasses import asdict, dataclass

from django.db import connection
from django.utils import timezone

from contracts.actions.judging import (
    OPEN,
    DealClosed,
    about,
    drop_agreed,
    judge,
    note_conflicts,
    tell_of_conflicts,
    tell_what_is_missing,
)
from contracts.deals.terms import LINE, LINE_NAMES, NAMES, Said
from contracts.events import (
    ConflictSettled,
    DealCompleted,
    DealReceived,
    DealRechecked,
    DealRefreshed,
    DealWithdrawn,
)
from contracts.models import Deal, FieldConflict
from contracts.states import DEAL, DealState
from core.actors import Actor
from core.errors import Invalid
from core.events import record
from core.permissions import require
from core.rows import code_for, locked
from core.verbs import verb

LONGEST = 240


@dataclass(frozen=True)
class Origin:
    """Which opportunity of which source, and which state of it: a higher version is a later one."""

    source: str
    source_id: str
    version: int = 0


class UnknownField(Invalid):
    """A deal has no such field, or not this line."""

    code = "unknown_field"


@verb
def take_deal(origin: Origin, *, given: Said, won: bool, actor: Actor) -> Deal | None:
    """Take in what a source says of an opportunity: a new deal, a refreshed one, or nothing new.

    An older version than the one held changes nothing, nor does the same state again. An opportunity
    that is not won and not known is none of ours: None. What is missing opens an exception; what both
    sides changed becomes a conflict. Records deal.received, deal.refreshed or deal.withdrawn.
    """
    require(actor, "deal.intake")
    deal = _held(origin)
    if deal is None:
        return _received(origin, given, actor) if won else None
    if origin.version < deal.source_version:
        return deal
    if not won:
        return _withdrawn(deal, origin, actor)
    return _refreshed(deal, origin, given, actor)


@verb
def complete_deal(
    deal_id: uuid.UUID,
    *,
    values: Said,
    actor: Actor,
    expected_version: int | None = None,
    reason: str = "",
) -> Deal:
    """Fill in fields of an open deal; empty takes back what was filled in. Records deal.completed.

    Refuses a field that deals do not have, and a deal that is a contract already.
    """
    deal = locked(Deal, deal_id, expected_version=expected_version)
    require(actor, "deal.edit", deal.legal_entity_id)
    if deal.state not in OPEN:
        raise DealClosed(f"{deal.code} is {deal.state}: there is nothing to complete.", field="state")
    _check_names(deal, values)
    filled = {name: text.strip() for name, text in values.items()}
    completed = {**deal.completed, **filled}
    kept = {name: text for name, text in completed.items() if text and text != deal.given.get(name, "")}
    changed = sorted(name for name in filled if kept.get(name) != deal.completed.get(name))
    if not changed:
        return deal
    deal.completed = kept
    judge(deal)
    # Whoever completes may have named the entity just now: it has to be one of theirs.
    require(actor, "deal.edit", deal.legal_entity_id)
    deal.save()
    tell_what_is_missing(deal, actor=actor)
    record(deal, DealCompleted(**asdict(about(deal)), fields=changed), legal_entity_id=deal.legal_entity_id)
    return deal


@verb
def recheck_deal(deal_id: uuid.UUID, *, actor: Actor) -> Deal:
    """Judge an open deal again because something around it changed; records deal.rechecked, or nothing."""
    deal = locked(Deal, deal_id)
    before = (deal.state, deal.missing)
    if deal.state not in OPEN:
        return deal
    judge(deal)
    if (deal.state, deal.missing) == before:
        return deal
    deal.save()
    tell_what_is_missing(deal, actor=actor)
    record(deal, DealRechecked(**asdict(about(deal))), legal_entity_id=deal.legal_entity_id)
    return deal


@verb
def settle_conflict(conflict_id: uuid.UUID, *, kept: str, actor: Actor, reason: str = "") -> Deal:
    """Decide which side's word holds for a field; records deal.conflict_settled.

    While the deal is open, the source's word replaces what was filled in here. Once it is a contract,
    the terms are Tieout's: the decision is kept, and the contract is amended by a version of its own.
    """
    found = FieldConflict.objects.filter(pk=conflict_id).values_list("deal_id", flat=True).first()
    deal = locked(Deal, found) if found else None
    conflict = locked(FieldConflict, conflict_id)
    assert deal is not None
    require(actor, "deal.edit", deal.legal_entity_id)
    if kept not in FieldConflict.Kept.values:
        raise Invalid("Say whose word holds: ours or theirs.", field="kept")
    if conflict.kept:
        return deal
    conflict.kept, conflict.settled_by, conflict.settled_at = kept, actor.text, timezone.now()
    conflict.save(update_fields=["kept", "settled_by", "settled_at"])
    if kept == FieldConflict.Kept.THEIRS:
        _take_theirs(deal, conflict, actor)
    tell_of_conflicts(deal, actor=actor)
    record(
        deal,
        ConflictSettled(**asdict(about(deal)), field=conflict.field, kept=kept),
        legal_entity_id=deal.legal_entity_id,
    )
    return deal


def _held(origin: Origin) -> Deal | None:
    """Return the opportunity's deal locked; two takers of a new one wait for each other."""
    with connection.cursor() as cursor:
        name = f"deal:{origin.source}:{origin.source_id}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
    held = Deal.objects.select_for_update(no_key=True)
    return held.filter(source=origin.source, source_id=origin.source_id).first()


def _received(origin: Origin, given: Said, actor: Actor) -> Deal:
    deal = Deal(
        code=code_for(Deal, "", prefix="D", sequence="contracts_deal_number"),
        source=origin.source,
        source_id=origin.source_id,
        source_version=origin.version,
        given=dict(given),
    )
    judge(deal)
    deal.save(force_insert=True)
    tell_what_is_missing(deal, actor=actor)
    told = DealReceived(**asdict(about(deal)), name=deal.name, amount=deal.amount, currency=deal.currency)
    record(deal, told, legal_entity_id=deal.legal_entity_id)
    return deal


def _refreshed(deal: Deal, origin: Origin, given: Said, actor: Actor) -> Deal:
    before = deal.given
    changed = sorted(name for name in {*before, *given} if before.get(name, "") != given.get(name, ""))
    same_version = origin.version == deal.source_version
    if not changed and same_version and deal.state != DealState.WITHDRAWN:
        return deal
    standing = deal.agreed if deal.state == DealState.CONVERTED else dict(deal.completed)
    deal.given, deal.source_version = dict(given), origin.version
    against = [
        (name, standing[name], given.get(name, ""))
        for name in changed
        if name in standing and standing[name] != given.get(name, "")
    ]
    conflicts = note_conflicts(deal, against)
    drop_agreed(deal, standing, actor=actor)
    if deal.state != DealState.CONVERTED:
        kept = {name: text for name, text in deal.completed.items() if text != given.get(name, "")}
        deal.completed = kept
        judge(deal)
    deal.save()
    tell_what_is_missing(deal, actor=actor)
    tell_of_conflicts(deal, actor=actor)
    told = DealRefreshed(**asdict(about(deal)), fields=changed, conflicts=conflicts)
    record(deal, told, legal_entity_id=deal.legal_entity_id)
    return deal


def _withdrawn(deal: Deal, origin: Origin, actor: Actor) -> Deal:
    known = deal.state == DealState.CONVERTED and origin.version == deal.source_version
    if known or deal.state == DealState.WITHDRAWN:
        return deal
    deal.source_version = origin.version
    if deal.state == DealState.CONVERTED:
        note_conflicts(deal, [("stage", "won", "no longer won")])
    else:
        DEAL.check(deal.state, DealState.WITHDRAWN, label=deal.code)
        deal.state = DealState.WITHDRAWN
    deal.save()
    tell_what_is_missing(deal, actor=actor)
    tell_of_conflicts(deal, actor=actor)
    record(deal, DealWithdrawn(**asdict(about(deal))), legal_entity_id=deal.legal_entity_id)
    return deal


def _take_theirs(deal: Deal, conflict: FieldConflict, actor: Actor) -> None:
    if deal.state == DealState.CONVERTED:
        deal.agreed = {**deal.agreed, conflict.field: conflict.theirs}
    elif deal.state in OPEN:
        deal.completed = {name: text for name, text in deal.completed.items() if name != conflict.field}
        judge(deal)
    deal.save()
    tell_what_is_missing(deal, actor=actor)


def _check_names(deal: Deal, values: Said) -> None:
    lines = {name.split(".")[1] for name in deal.given if name.startswith(LINE)}
    known = {*NAMES, *(f"{LINE}{key}.{name}" for key in lines for name in LINE_NAMES)}
    for name, text in values.items():
        if name not in known:
            raise UnknownField(f"{deal.code} has no field {name[:60]}.", field=name)
        if len(text) > LONGEST:
            raise Invalid(f"At most {LONGEST} characters.", field=name)
