"""The run of the present month, left in the middle of its review."""

from billing.actions.proposals import hold_proposal, note_proposal, submit_proposals
from billing.actions.runs import create_run, start_run
from billing.models import BillingRun
from billing.states import ProposalStatus, RunStatus
from config.demo.calendar import DemoCalendar
from config.demo.path.billing import totals
from config.demo.path.stage import Stage
from config.demo.path.waiting import finish_run
from core.models import LegalEntity

ENTITY = "UK"
_HELD, _STILL_DRAFT = "C-1080", frozenset({"C-1071"})


def open_run(calendar: DemoCalendar) -> BillingRun | None:
    """Return the run that waits for review, if it was made."""
    return BillingRun.objects.filter(legal_entity__code=ENTITY, cut_off=calendar.cut_off).first()


def leave_in_review(stage: Stage) -> None:
    """Propose the present month of one company: most wait for approval, one is held, one is a draft."""
    entity = LegalEntity.objects.get(code=ENTITY)
    day = stage.calendar.cut_off
    run = open_run(stage.calendar) or create_run(
        entity.pk, cut_off=day, document_date=day, actor=stage.cast.finance
    )
    if run.status == RunStatus.COMPLETED:
        return
    start_run(run.pk, actor=stage.cast.finance)
    run = finish_run(run)
    drafts = run.proposals.filter(status=ProposalStatus.DRAFT).select_related("contract")
    for proposal in drafts.filter(contract__code=_HELD):
        hold_proposal(
            proposal.pk, actor=stage.cast.finance, reason="The customer is renewing the framework order."
        )
        note_proposal(
            proposal.pk, text="New order expected by the end of the week.", actor=stage.cast.finance
        )
    ready = drafts.filter(on_hold=False).exclude(contract__code__in=_STILL_DRAFT)
    submit_proposals(list(ready.values_list("pk", flat=True)), actor=stage.cast.finance)
    stage.say(
        f"{run.number} {ENTITY} up to {day:%-d %b}: {run.proposals.count()} proposals,"
        f" {totals(run.proposals.all())}; waits for {stage.cast.finance_lead.name}."
    )
