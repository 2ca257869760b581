"""What people do with exception items, one or many at a time."""

import uuid
from collections.abc import Collection, Sequence
from datetime import date

from django.utils import timezone

from core.actions.steps.exceptions import fresh, happening, ids_of, locked_items, open_again
from core.actors import Actor
from core.errors import Invalid
from core.event_types import (
    ExceptionAssigned,
    ExceptionCommented,
    ExceptionReopened,
    ExceptionResolved,
    ExceptionSnoozed,
    ExceptionWaived,
)
from core.events import Happening, record, record_all
from core.exceptions import OPEN_STATES
from core.models import ExceptionItem, User
from core.permissions import holds
from core.states import EXCEPTION, ExceptionState
from core.verbs import verb


class ReasonMissing(Invalid):
    """A decision needs its reason in words."""

    code = "reason_missing"


class SnoozeInThePast(Invalid):
    """An item can only be put aside until a later day."""

    code = "snooze_in_the_past"


class OwnerCannotWork(Invalid):
    """The person named may not work on the item."""

    code = "owner_cannot_work"


@verb
def assign_exceptions(ids: Collection[uuid.UUID], *, owner: User | None, actor: Actor) -> list[ExceptionItem]:
    """Give open items to a person, or to nobody; the person must be allowed to work on each of them."""
    items = _open_items(ids, actor)
    _refuse_unfit_owner(owner, items)
    changed = [item for item in items if item.owner_id != (owner.pk if owner else None)]
    state = ExceptionState.IN_PROGRESS if owner else ExceptionState.OPEN
    ExceptionItem.objects.filter(pk__in=ids_of(changed)).update(owner=owner, state=state, route=None)
    record_all(_assigned(item, owner) for item in changed)
    return fresh(items)


@verb
def snooze_exceptions(
    ids: Collection[uuid.UUID], *, until: date | None, on: date, actor: Actor
) -> list[ExceptionItem]:
    """Put open items aside until a day after `on`, or (None) bring them back.

    An item comes back earlier when more money is at risk; with `UNTIL_WORSE` only then.
    """
    if until is not None and until <= on:
        raise SnoozeInThePast("Choose a day after today.", field="until")
    items = _open_items(ids, actor)
    changed = [item for item in items if item.snoozed_until != until]
    ExceptionItem.objects.filter(pk__in=ids_of(changed)).update(snoozed_until=until)
    record_all(happening(item, ExceptionSnoozed(item.number, until, item.snoozed_until)) for item in changed)
    return fresh(items)


@verb
def resolve_exceptions(ids: Collection[uuid.UUID], *, reason: str, actor: Actor) -> list[ExceptionItem]:
    """Close items as settled, with the reason in words; resolved ones stay as they are."""
    return _close(ids, ExceptionState.RESOLVED, reason, actor)


@verb
def waive_exceptions(ids: Collection[uuid.UUID], *, reason: str, actor: Actor) -> list[ExceptionItem]:
    """Accept the faults as they are, with the reason in words; they come back when more is at risk."""
    return _close(ids, ExceptionState.WAIVED, reason, actor)


@verb
def reopen_exceptions(ids: Collection[uuid.UUID], *, reason: str, actor: Actor) -> list[ExceptionItem]:
    """Open resolved items again, with the reason in words; refuses when the cause has a newer open item."""
    _require_reason(reason)
    items = locked_items(ids, actor)
    changed = [item for item in items if item.state not in OPEN_STATES]
    for item in changed:
        EXCEPTION.check(item.state, ExceptionState.OPEN, label=item.number)
    open_again(changed)
    record_all(happening(item, ExceptionReopened(item.number, item.code)) for item in changed)
    return fresh(items)


@verb
def comment_exception(item_id: uuid.UUID, *, comment: str, actor: Actor) -> ExceptionItem:
    """Leave a comment on an item, open or closed."""
    if not comment.strip():
        raise Invalid("Write the comment first.", field="comment")
    if len(comment) > 1000:
        raise Invalid("A comment has up to 1,000 characters.", field="comment")
    (item,) = locked_items([item_id], actor)
    commented = ExceptionCommented(item.number, comment.strip())
    record(item, commented, legal_entity_id=item.legal_entity_id)
    return item


def _close(
    ids: Collection[uuid.UUID], state: ExceptionState, reason: str, actor: Actor
) -> list[ExceptionItem]:
    _require_reason(reason)
    items = locked_items(ids, actor)
    changed = [item for item in items if item.state != state]
    for item in changed:
        EXCEPTION.check(item.state, state, label=item.number)
    ExceptionItem.objects.filter(pk__in=ids_of(changed)).update(
        state=state, resolved_at=timezone.now(), resolved_by=actor.text, resolution=reason.strip()
    )
    payload = ExceptionWaived if state == ExceptionState.WAIVED else ExceptionResolved
    record_all(happening(item, payload(item.number, item.code, reason.strip())) for item in changed)
    return fresh(items)


def _open_items(ids: Collection[uuid.UUID], actor: Actor) -> list[ExceptionItem]:
    items = locked_items(ids, actor)
    for item in items:
        if item.state not in OPEN_STATES:
            EXCEPTION.check(item.state, ExceptionState.IN_PROGRESS, label=item.number)
    return items


def _refuse_unfit_owner(owner: User | None, items: Sequence[ExceptionItem]) -> None:
    for entity in {item.legal_entity_id for item in items} if owner else ():
        if owner and not holds(owner, "exception.work", entity):
            raise OwnerCannotWork(f"{owner} may not work on these exceptions.", field="owner")


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing("Say why, so that others can follow the decision.", field="reason")


def _assigned(item: ExceptionItem, owner: User | None) -> Happening:
    owner_id, name = (owner.pk, str(owner)) if owner else (None, "")
    return happening(item, ExceptionAssigned(item.number, owner_id, item.owner_id, name))
