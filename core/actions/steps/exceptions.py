"""Steps shared by the verbs on exception items; they need an open transaction and open none."""

import uuid
from collections.abc import Collection, Sequence

from django.db.models import Case, Q, Value, When

from core.actors import Actor
from core.errors import NotFound, Refusal
from core.events import Happening
from core.exceptions import OPEN_STATES
from core.models import ExceptionItem
from core.permissions import require
from core.queries.exceptions import visible_exceptions
from core.states import ExceptionState


class CauseOpenAgain(Refusal):
    """Another item is already open for the same cause."""

    code = "cause_open_again"


def locked_items(ids: Collection[uuid.UUID], actor: Actor) -> list[ExceptionItem]:
    """Return the items locked in the order of their ids; refuse any that the actor may not work on."""
    rows = ExceptionItem.objects.all()
    if actor.user:
        rows = rows.filter(pk__in=visible_exceptions(actor.user).values("pk"))
    items = list(rows.select_for_update(no_key=True).filter(pk__in=set(ids)).order_by("pk"))
    if len(items) < len(set(ids)) or not items:
        raise NotFound("An exception you chose does not exist, or you may not see it.")
    for entity in {item.legal_entity_id for item in items}:
        require(actor, "exception.work", entity)
    return items


def open_again(items: Sequence[ExceptionItem]) -> None:
    """Open closed items; an owner keeps working on them. Refuses where the cause has a newer open item."""
    taken = ExceptionItem.objects.filter(
        cause_key__in=[item.cause_key for item in items], state__in=OPEN_STATES
    ).first()
    if taken:
        raise CauseOpenAgain(f"{taken.number} is already open for the same cause.")
    in_progress = Case(
        When(Q(owner__isnull=False), then=Value(ExceptionState.IN_PROGRESS)),
        default=Value(ExceptionState.OPEN),
    )
    ExceptionItem.objects.filter(pk__in=ids_of(items)).update(
        state=in_progress, resolved_at=None, resolved_by="", resolution=""
    )


def happening(item: ExceptionItem, payload: object) -> Happening:
    """Return the event of an item, about to be recorded."""
    return Happening("core.exceptionitem", item.pk, payload, item.legal_entity_id)


def ids_of(items: Sequence[ExceptionItem]) -> list[uuid.UUID]:
    """Return the ids of items."""
    return [item.pk for item in items]


def fresh(items: Sequence[ExceptionItem]) -> list[ExceptionItem]:
    """Return the items as they are stored now, in the given order."""
    found = ExceptionItem.objects.select_related("owner").in_bulk(ids_of(items))
    return [found[item.pk] for item in items]
