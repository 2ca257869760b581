"""The walk in its order."""

from django.db import transaction

from config.demo.path import (
    activation,
    agreement,
    billing,
    breaks,
    caps,
    changes,
    closing,
    deals,
    erp,
    expenses,
    fees,
    payments,
    queue,
    review,
)
from config.demo.path.stage import Stage
from config.demo.path.waiting import deliver, settle_events
from core.correlation import correlated
from core.models import LegalEntity


def walked(stage: Stage) -> bool:
    """Say whether the whole way was walked before; its end is the reconciliation."""
    return review.open_run(stage.calendar) is not None and breaks.compared(stage)


def walk(stage: Stage) -> None:
    """Walk from contract to reconciliation, and leave the work of the present month to people."""
    for step in (_agree, _bill, *_AFTERWARDS):
        with correlated(None):
            step(stage)
        settle_events()


def _agree(stage: Stage) -> None:
    erp.open_books(stage)
    activation.confirm(stage)
    erp.lose_registration(stage)
    # Planned by hand before anybody hears of the contract: its activation finds the project there.
    with transaction.atomic():
        project = agreement.staff(stage, agreement.agree(stage))
    agreement.work(stage, project)


def _bill(stage: Stage) -> None:
    """Bill what is past, every company, while the messages of the earlier runs are on their way."""
    entities = list(LegalEntity.objects.order_by("code"))
    for month in stage.calendar.cut_offs:
        for entity in entities:
            with correlated(None):
                if month == stage.calendar.last_billed:
                    billing.preview(stage, entity, month)
                billing.bill(stage, entity, month)
        settle_events()
    deliver(stage.say)
    billing.tell_posted(stage)


_AFTERWARDS = (
    payments.collect,
    closing.close_months,
    closing.release_too_late,
    changes.true_up,
    review.leave_in_review,
    breaks.make_differences,
    fees.agree,
    expenses.spend,
    caps.cap,
    activation.leave_waiting,
    breaks.compare,
    deals.win_deals,
    queue.hand_out,
)
