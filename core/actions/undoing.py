"""Take back what one just did to exception items: assignment, snooze, resolution."""

from datetime import date, datetime, timedelta

from core.actions.steps.exceptions import fresh, happening, locked_items, open_again
from core.actors import Actor
from core.errors import Refusal
from core.event_types import ExceptionAssigned, ExceptionReopened, ExceptionSnoozed
from core.events import Happening, record_all
from core.models import Event, ExceptionItem, User
from core.queries.activity import newest_events
from core.states import ExceptionState
from core.verbs import verb

UNDO_WITHIN = timedelta(minutes=10)
UNDOABLE = ("exception.assigned", "exception.snoozed", "exception.resolved", "exception.waived")


class NothingToUndo(Refusal):
    """The change is too old, was made by somebody else, or something happened since."""

    code = "nothing_to_undo"


@verb
def undo_exception_change(correlation: str, *, actor: Actor, now: datetime) -> list[ExceptionItem]:
    """Restore what the actor's request `correlation` changed on its items.

    Refuses when it is over ten minutes old, or anything happened to one of the items since. The
    change and its undoing both stay in the log.
    """
    done = list(
        Event.objects.filter(
            correlation_id=correlation,
            actor=actor.text,
            type__in=UNDOABLE,
            occurred_at__gte=now - UNDO_WITHIN,
            aggregate_type="core.exceptionitem",
        )
    )
    if not done:
        raise NothingToUndo("There is nothing left to undo.")
    items = {item.pk: item for item in locked_items({event.aggregate_id for event in done}, actor)}
    newest = newest_events("core.exceptionitem", items)
    for event in done:
        if newest[event.aggregate_id] != event.seq:
            number = items[event.aggregate_id].number
            raise NothingToUndo(f"{number} was changed since: look at it before you change it again.")
    record_all([_restored(items[event.aggregate_id], event) for event in done])
    return fresh(list(items.values()))


def _restored(item: ExceptionItem, event: Event) -> Happening:
    row = ExceptionItem.objects.filter(pk=item.pk)
    match event.type:
        case "exception.assigned":
            previous = event.payload["previous_owner_id"]
            state = ExceptionState.IN_PROGRESS if previous else ExceptionState.OPEN
            row.update(owner_id=previous, state=state, route=None)
            owner = User.objects.filter(pk=previous).first() if previous else None
            owner_id, name = (owner.pk, str(owner)) if owner else (None, "")
            return happening(item, ExceptionAssigned(item.number, owner_id, item.owner_id, name))
        case "exception.snoozed":
            text = event.payload["previous_until"]
            until = date.fromisoformat(text) if text else None
            row.update(snoozed_until=until)
            return happening(item, ExceptionSnoozed(item.number, until, item.snoozed_until))
    open_again([item])
    return happening(item, ExceptionReopened(item.number, item.code))
