"""Apply the rules of who answers for exceptions to items that are open already, and escalate what is late."""

from datetime import date, datetime

from django.db.models import F, Q

from core.actors import Actor
from core.event_types import ExceptionOverdue
from core.events import Happening, record_all
from core.exceptions import OPEN_STATES
from core.models import ExceptionItem
from core.permissions import require
from core.routing import route
from core.verbs import verb

MOST = 5000


@verb
def reroute_exceptions(*, actor: Actor, reason: str = "") -> int:
    """Give every open item the person and due time that the rules name now; return how many changed.

    What a person assigned stays with whom they gave it to. Records exception.routed for each of them.
    """
    require(actor, "data.administer")
    items = ExceptionItem.objects.filter(state__in=OPEN_STATES).select_for_update(no_key=True, of=("self",))
    return len(route(list(items.select_related("owner").order_by("pk")[:MOST])))


@verb
def escalate_exceptions(*, now: datetime, on: date, actor: Actor) -> int:
    """Record exception.overdue for open items whose due time has passed, once per due time; return how many.

    What is put aside on the day is not late until it is back.
    """
    late = ExceptionItem.objects.filter(
        Q(escalated_at=None) | Q(escalated_at__lt=F("due_at")),
        Q(snoozed_until=None) | Q(snoozed_until__lte=on),
        state__in=OPEN_STATES,
        due_at__lt=now,
    )
    items = list(
        late.select_for_update(no_key=True, of=("self",)).select_related("owner").order_by("pk")[:MOST]
    )
    ExceptionItem.objects.filter(pk__in=[item.pk for item in items]).update(escalated_at=now)
    record_all(
        Happening("core.exceptionitem", item.pk, _overdue(item), item.legal_entity_id) for item in items
    )
    return len(items)


def _overdue(item: ExceptionItem) -> ExceptionOverdue:
    assert item.due_at
    return ExceptionOverdue(
        item.number, item.code, item.due_at, item.team, item.owner_id, str(item.owner or "")
    )
