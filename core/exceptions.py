"""Open and close exception items. Steps: they need an open transaction and open none themselves."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db import connection
from django.utils import timezone

from core.actors import Actor
from core.event_types import ExceptionOpened, ExceptionResolved
from core.events import Happening, record, record_all
from core.models import ExceptionItem
from core.routing import due_after, route
from core.states import ExceptionState

# Put aside without a day: it comes back when more is at risk, and only then.
UNTIL_WORSE = date.max
OPEN_STATES = (ExceptionState.OPEN, ExceptionState.IN_PROGRESS)


@dataclass(frozen=True)
class Cause:
    """What is wrong, once per `key`. `money_at_risk` in `currency`; None means it is not known yet."""

    code: str
    key: str
    title: str
    object_type: str
    object_id: uuid.UUID
    kind: str = "business"
    object_label: str = ""
    subject_label: str = ""
    contract_id: uuid.UUID | None = None
    legal_entity_id: uuid.UUID | None = None
    flow: str = ""
    team: str = "finance"
    money_at_risk: Decimal | None = None
    quantity_at_risk: Decimal | None = None
    currency: str = ""
    blocks_release: bool = False
    evidence: dict[str, object] = field(default_factory=dict)


def open_exception(cause: Cause, *, actor: Actor) -> ExceptionItem:
    """Open an item for the cause, or refresh the open one with what is known now.

    A new item goes to whom the rules name (core.routing). A waived cause stays waived, and a snoozed one
    asleep, until more is at risk than before.
    """
    known = (
        ExceptionItem.objects.select_for_update(no_key=True)
        .filter(cause_key=cause.key, state__in=(*OPEN_STATES, ExceptionState.WAIVED))
        .order_by("-opened_at")
        .first()
    )
    values = {name: getattr(cause, name) for name in _REFRESHED}
    if known and known.state != ExceptionState.WAIVED:
        return _refreshed(known, cause, values)
    if known and not _worse(known, cause):
        return known
    now = timezone.now()
    item = ExceptionItem.objects.create(
        number=next_number(),
        cause_key=cause.key,
        code=cause.code,
        kind=cause.kind,
        object_type=cause.object_type,
        object_id=cause.object_id,
        flow=cause.flow,
        team=cause.team,
        opened_at=now,
        due_at=due_after(now, None, cause.kind),
        **values,
    )
    record(item, ExceptionOpened.of(item), legal_entity_id=item.legal_entity_id)
    route([item])
    return item


def _refreshed(known: ExceptionItem, cause: Cause, values: dict[str, object]) -> ExceptionItem:
    if all(getattr(known, name) == value for name, value in values.items()):
        return known
    if _worse(known, cause):
        values = {**values, "snoozed_until": None}
    ExceptionItem.objects.filter(pk=known.pk).update(**values, attempts=known.attempts + 1)
    known.refresh_from_db()
    record(known, ExceptionOpened.of(known), legal_entity_id=known.legal_entity_id)
    return known


def _worse(known: ExceptionItem, cause: Cause) -> bool:
    return (cause.money_at_risk or 0) > (known.money_at_risk or 0) or (cause.quantity_at_risk or 0) > (
        known.quantity_at_risk or 0
    )


def close_exceptions(keys: Iterable[str], *, actor: Actor, resolution: str) -> int:
    """Resolve the open items of these causes because the cause is gone; return how many."""
    items = list(
        ExceptionItem.objects.select_for_update(no_key=True)
        .filter(cause_key__in=list(keys), state__in=OPEN_STATES)
        .order_by("id")
    )
    ExceptionItem.objects.filter(pk__in=[item.pk for item in items]).update(
        state=ExceptionState.RESOLVED,
        resolved_at=timezone.now(),
        resolved_by=actor.text,
        resolution=resolution,
    )
    record_all(
        Happening(
            "core.exceptionitem",
            item.pk,
            ExceptionResolved(item.number, item.code, resolution),
            item.legal_entity_id,
        )
        for item in items
    )
    return len(items)


def next_number() -> str:
    """Return the next human code of an exception, such as EX-1042."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 'EX-' || nextval('core_exception_number')")
        return str((cursor.fetchone() or [""])[0])


_REFRESHED = (
    "title",
    "object_label",
    "subject_label",
    "contract_id",
    "legal_entity_id",
    "money_at_risk",
    "quantity_at_risk",
    "currency",
    "blocks_release",
    "evidence",
)
