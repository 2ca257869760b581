"""Close and reopen the accounting months of a legal entity."""

import uuid

from core.actors import Actor
from core.errors import Forbidden, Invalid, Refusal
from core.event_types import PeriodClosed, PeriodReopened
from core.events import record
from core.models import AccountingPeriod, LegalEntity
from core.permissions import require
from core.rows import locked
from core.states import PERIOD, PeriodState
from core.verbs import verb


class EarlierMonthOpen(Refusal):
    """Months are closed in their order."""

    code = "earlier_month_open"


class OwnClose(Forbidden):
    """Whoever closed a month does not reopen it."""

    code = "separation_of_duties"


class ReopenReasonMissing(Invalid):
    """A reopened month needs its reason in words."""

    code = "reason_missing"


@verb
def close_period(period_id: uuid.UUID, *, actor: Actor, reason: str = "") -> AccountingPeriod:
    """Close a month, so that nothing is dated into it any more; refuses while an earlier one is open."""
    period = _locked_period(period_id, actor, "period.close")
    if period.state == PeriodState.CLOSED:
        return period
    PERIOD.check(period.state, PeriodState.CLOSED, label=period.label)
    months = AccountingPeriod.objects.filter(legal_entity=period.legal_entity, month__lt=period.month)
    earlier = months.exclude(state=PeriodState.CLOSED).order_by("month").first()
    if earlier:
        raise EarlierMonthOpen(f"{earlier.label} is still open: close it first.")
    period.state, period.closed_by = PeriodState.CLOSED, actor.user
    period.save(update_fields=["state", "closed_by"])
    closed = PeriodClosed(period.legal_entity.code, period.month)
    record(period, closed, legal_entity_id=period.legal_entity_id, effective_on=period.month)
    return period


@verb
def reopen_period(period_id: uuid.UUID, *, actor: Actor, reason: str) -> AccountingPeriod:
    """Open a closed month again, with the reason in words; refuses the person who closed it."""
    period = _locked_period(period_id, actor, "period.reopen")
    if period.state == PeriodState.REOPENED:
        return period
    PERIOD.check(period.state, PeriodState.REOPENED, label=period.label)
    if not reason.strip():
        raise ReopenReasonMissing("Say why the month must be opened again.", field="reason")
    if actor.user and period.closed_by_id == actor.user_id:
        raise OwnClose("You closed this month: somebody else must reopen it.")
    period.state = PeriodState.REOPENED
    period.save(update_fields=["state"])
    reopened = PeriodReopened(period.legal_entity.code, period.month)
    record(period, reopened, legal_entity_id=period.legal_entity_id, effective_on=period.month)
    return period


def _locked_period(period_id: uuid.UUID, actor: Actor, permission: str) -> AccountingPeriod:
    """Lock the entity first: two closes of one entity must not pass each other."""
    period = AccountingPeriod.objects.filter(pk=period_id).first()
    if period is not None:
        require(actor, permission, period.legal_entity_id)
        locked(LegalEntity, period.legal_entity_id)
    return locked(AccountingPeriod, period_id)
