"""Close what is billed; one month of the ERP is closed a day too early."""

from billing.actions.proposals import release_proposal
from billing.models import Proposal
from billing.states import ProposalStatus
from config.demo.path.billing import LATE_CONTRACT
from config.demo.path.erp import close_month
from config.demo.path.stage import Stage
from config.demo.path.waiting import deliver
from core.actions.periods import close_period
from core.models import AccountingPeriod, LegalEntity
from core.states import PeriodState

_TOO_EARLY = "DE"


def close_months(stage: Stage) -> None:
    """Close every month before the last billed one, here and in the ERP."""
    months = [month for month in stage.calendar.billed_months if month != stage.calendar.last_billed]
    for entity in LegalEntity.objects.order_by("code"):
        for month in months:
            close_month(stage, entity.code, month)
            period = AccountingPeriod.objects.get(legal_entity=entity, month=month.first)
            if period.state != PeriodState.CLOSED:
                close_period(period.pk, actor=stage.cast.finance)
    if months:
        stage.say(f"Months closed up to {months[-1]}: later changes are dated into the first open month.")


def release_too_late(stage: Stage) -> None:
    """Release an invoice after the ERP closed its month: it is refused and becomes an exception."""
    month = stage.calendar.last_billed
    close_month(stage, _TOO_EARLY, month)
    late = Proposal.objects.filter(
        contract__code=LATE_CONTRACT, document_date=month.last, status=ProposalStatus.APPROVED
    )
    for proposal in late:
        release_proposal(proposal.pk, actor=stage.cast.finance)
        stage.say(f"{proposal.number} released after the ERP closed {month} of {_TOO_EARLY}: it is refused.")
    deliver(stage.say)
