"""The walk in its order."""

from config.demo.path import agreement, billing, breaks, changes, closing, erp, payments, queue, review
from config.demo.path.stage import Stage
from config.demo.path.waiting import deliver, settle_events
from core.models import LegalEntity


def walked(stage: Stage) -> bool:
    """Say whether the whole way was walked before; its end is the reconciliation."""
    return review.open_run(stage.calendar) is not None and breaks.compared(stage)


def walk(stage: Stage) -> None:
    """Walk from contract to reconciliation, and leave the work of the present month to people."""
    erp.open_books(stage)
    contract = agreement.agree(stage)
    agreement.work(stage, agreement.staff(stage, contract))
    _bill_months(stage)
    payments.collect(stage)
    closing.close_months(stage)
    closing.release_too_late(stage)
    changes.true_up(stage)
    review.leave_in_review(stage)
    breaks.make_differences(stage)
    breaks.compare(stage)
    settle_events()
    queue.hand_out(stage)


def _bill_months(stage: Stage) -> None:
    """Bill the past months of every company while the messages of the earlier ones are on their way."""
    entities = list(LegalEntity.objects.order_by("code"))
    for month in stage.calendar.billed_months:
        for entity in entities:
            if month == stage.calendar.last_billed:
                billing.preview(stage, entity, month)
            billing.bill(stage, entity, month)
        settle_events()
    deliver(stage.say)
    billing.tell_posted(stage)
