"""Bill month after month: preview, run, review by a second person, release."""

import uuid
from collections.abc import Collection, Iterable
from decimal import Decimal

from django.db.models import QuerySet, Sum

from billing.actions.proposals import approve_proposals, release_proposal, submit_proposals
from billing.actions.runs import create_run, start_run
from billing.drafting import preview as drafting
from billing.models import BillingRun, Proposal
from billing.queries.open_charges import contracts_with_open_charges
from billing.states import ProposalStatus, RunStatus
from config.demo.calendar import Month
from config.demo.path.stage import Stage
from config.demo.path.waiting import finish_run
from core.models import LegalEntity

# Released only after the ERP has closed the month: the third of the seeded exceptions.
LATE_CONTRACT = "C-5011"


def bill(stage: Stage, entity: LegalEntity, month: Month) -> BillingRun:
    """Bill a month of a company up to release; the messages to the ERP follow by themselves."""
    run = _run(stage, entity, month)
    if drafts := _in(run, ProposalStatus.DRAFT):
        submit_proposals(drafts, actor=stage.cast.finance)
    if in_review := _in(run, ProposalStatus.IN_REVIEW):
        approve_proposals(in_review, actor=stage.cast.finance_lead)
    held_back = {LATE_CONTRACT} if month == stage.calendar.last_billed else set()
    for identifier in _in(run, ProposalStatus.APPROVED, besides=held_back):
        release_proposal(identifier, actor=stage.cast.finance)
    stage.say(
        f"{run.number} {entity.code} to {month}: {run.proposals.count()} proposals,"
        f" {totals(run.proposals.all())}; approved by {stage.cast.finance_lead.name}, released."
    )
    return run


def preview(stage: Stage, entity: LegalEntity, month: Month) -> None:
    """Tell what a run would propose, without a trace."""
    waiting = contracts_with_open_charges(entity.pk, month.last).values_list("pk", flat=True)
    documents, failures = drafting.preview(list(waiting), cut_off=month.last, document_date=month.last)
    sums: dict[str, Decimal] = {}
    for document in documents:
        sums[document.currency] = sums.get(document.currency, Decimal(0)) + document.net
    stage.say(
        f"Preview {entity.code} to {month}: {len(documents)} documents, {_words(sorted(sums.items()))};"
        f" {len(failures)} contracts would be left out."
    )


def totals(proposals: QuerySet[Proposal]) -> str:
    """Return the net of proposals per currency, in words."""
    sums: list[tuple[str, Decimal]] = list(
        proposals.order_by("currency").values_list("currency").annotate(net=Sum("net"))
    )
    return _words(sums)


def _words(sums: Iterable[tuple[str, Decimal]]) -> str:
    return " + ".join(f"{net:,.2f} {currency}" for currency, net in sums) or "nothing"


def _run(stage: Stage, entity: LegalEntity, month: Month) -> BillingRun:
    run = BillingRun.objects.filter(legal_entity=entity, cut_off=month.last).first() or create_run(
        entity.pk, cut_off=month.last, document_date=month.last, actor=stage.cast.finance
    )
    if run.status != RunStatus.COMPLETED:
        start_run(run.pk, actor=stage.cast.finance)
        run = finish_run(run)
    return run


def _in(run: BillingRun, status: ProposalStatus, besides: Collection[str] = ()) -> list[uuid.UUID]:
    proposals = run.proposals.filter(status=status).exclude(contract__code__in=besides)
    return list(proposals.order_by("number").values_list("pk", flat=True))


def tell_posted(stage: Stage) -> None:
    """Tell which legal numbers the ERP gave, and what it refused."""
    for entity in LegalEntity.objects.order_by("code"):
        documents = Proposal.objects.filter(legal_entity=entity)
        numbers = list(
            documents.filter(status=ProposalStatus.POSTED)
            .order_by("erp_number")
            .values_list("erp_number", flat=True)
        )
        refused = documents.filter(status=ProposalStatus.RELEASING).count()
        stage.say(
            f"ERP {entity.code}: {len(numbers)} posted, {numbers[0]} to {numbers[-1]}; {refused} refused."
        )
