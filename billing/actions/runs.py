"""Billing runs: prepare, start, propose contract by contract, complete, cancel."""

import uuid
from collections.abc import Collection
from datetime import date

from django.db import connection
from django.utils import timezone

from billing.actions.steps.locking import lock_contracts
from billing.actions.steps.parking import park
from billing.drafting.build import draft
from billing.events import (
    BillingRunAdvanced,
    BillingRunCancelled,
    BillingRunCompleted,
    BillingRunCreated,
    BillingRunStarted,
    ProposalDiscarded,
)
from billing.models import BillingRun, Charge, Proposal
from billing.queries.open_charges import contracts_with_open_charges
from billing.states import RUN, ChargeStatus, ProposalStatus, RunStatus
from contracts.models import Contract
from core.actors import Actor
from core.errors import Invalid, Refusal
from core.events import Happening, record, record_all
from core.models import LegalEntity
from core.permissions import require
from core.queries.periods import closed_month
from core.verbs import verb


class RunNotCancellable(Refusal):
    """Documents of the run have left for approval or the ERP."""

    code = "run_has_left"


class CutOffInvalid(Invalid):
    """The dates of a run contradict each other."""

    code = "cut_off_invalid"


class DocumentMonthClosed(Invalid):
    """Nothing new is dated into a closed month."""

    code = "period_closed"


@verb
def create_run(
    legal_entity_id: uuid.UUID, *, cut_off: date, document_date: date, actor: Actor, reason: str = ""
) -> BillingRun:
    """Prepare a run over the open charges of an entity up to the cut-off; records billing_run.created.

    Refuses documents dated before the cut-off or into a month whose books are closed.
    """
    entity = LegalEntity.objects.get(pk=legal_entity_id)
    require(actor, "billing.prepare", entity.pk)
    if document_date < cut_off:
        raise CutOffInvalid("The document date lies before the cut-off.", field="document_date")
    if closed := closed_month(entity.pk, document_date):
        raise DocumentMonthClosed(
            f"{closed.label} is closed: choose a document date in an open month.", field="document_date"
        )
    if actor.user is None:
        raise CutOffInvalid("A run is prepared by a person.", field="prepared_by")
    run = BillingRun.objects.create(
        number=_next_number(),
        legal_entity=entity,
        cut_off=cut_off,
        document_date=document_date,
        prepared_by=actor.user,
    )
    record(run, BillingRunCreated(run.number, cut_off), legal_entity_id=entity.pk)
    return run


@verb
def start_run(run_id: uuid.UUID, *, actor: Actor, reason: str = "") -> BillingRun:
    """Start a prepared run; workers propose its contracts. Records billing_run.started."""
    run = BillingRun.objects.select_for_update(no_key=True).get(pk=run_id)
    require(actor, "billing.prepare", run.legal_entity_id)
    if run.status == RunStatus.RUNNING:
        return run
    RUN.check(run.status, RunStatus.RUNNING, label=run.number)
    run.status = RunStatus.RUNNING
    run.contracts_total = contracts_with_open_charges(run.legal_entity_id, run.cut_off).count()
    run.save(update_fields=["status", "contracts_total"])
    record(
        run,
        BillingRunStarted(run.number, run.cut_off, run.contracts_total),
        legal_entity_id=run.legal_entity_id,
    )
    return run


@verb
def propose_contracts(
    run_id: uuid.UUID, *, contract_ids: Collection[uuid.UUID], actor: Actor, reason: str = ""
) -> int:
    """Propose a batch of a running run's contracts and count them done; return the number of proposals.

    Charges already on a proposal are never taken again, so a batch may be repeated after a crash.
    """
    locked = list(lock_contracts(contract_ids))
    run = BillingRun.objects.select_for_update(no_key=True).get(pk=run_id)
    if run.status != RunStatus.RUNNING:
        return 0
    drafted = draft(
        locked,
        run_id=run.pk,
        cut_off=run.cut_off,
        document_date=run.document_date,
        prepared_by=run.prepared_by_id,
    )
    park(run, drafted.failures, looked_at=locked, actor=actor)
    run.contracts_done = min(run.contracts_total, run.contracts_done + len(locked))
    run.save(update_fields=["contracts_done"])
    proposals, failures = len(drafted.proposal_ids), len(drafted.failures)
    record(
        run,
        BillingRunAdvanced(run.number, run.contracts_done, run.contracts_total, proposals, failures),
        legal_entity_id=run.legal_entity_id,
    )
    return proposals


@verb
def complete_run(run_id: uuid.UUID, *, actor: Actor, reason: str = "") -> BillingRun:
    """Mark a run whose contracts are all proposed or parked; records billing_run.completed."""
    run = BillingRun.objects.select_for_update(no_key=True).get(pk=run_id)
    if run.status == RunStatus.COMPLETED:
        return run
    RUN.check(run.status, RunStatus.COMPLETED, label=run.number)
    run.status, run.completed_at = RunStatus.COMPLETED, timezone.now()
    run.contracts_done = run.contracts_total
    run.save(update_fields=["status", "completed_at", "contracts_done"])
    record(
        run,
        BillingRunCompleted(run.number, run.proposals.count(), run.failures.count()),
        legal_entity_id=run.legal_entity_id,
    )
    return run


@verb
def cancel_run(run_id: uuid.UUID, *, actor: Actor, reason: str) -> BillingRun:
    """Give up a run that is not completed: its drafts are discarded, their charges open again."""
    entity_id = BillingRun.objects.values_list("legal_entity_id", flat=True).get(pk=run_id)
    lock_contracts(Contract.objects.filter(legal_entity=entity_id).values_list("pk", flat=True))
    run = BillingRun.objects.select_for_update(no_key=True).get(pk=run_id)
    require(actor, "billing.prepare", run.legal_entity_id)
    RUN.check(run.status, RunStatus.CANCELLED, label=run.number)
    drafts = Proposal.objects.filter(run=run).order_by("pk").select_for_update(no_key=True)
    if any(proposal.status not in {ProposalStatus.DRAFT, ProposalStatus.DISCARDED} for proposal in drafts):
        raise RunNotCancellable(f"Proposals of {run.number} are in review or further: return them first.")
    live = [proposal for proposal in drafts if proposal.status == ProposalStatus.DRAFT]
    Charge.objects.filter(proposal_line__proposal__in=live).update(
        status=ChargeStatus.OPEN, proposal_line=None
    )
    Proposal.objects.filter(pk__in=[proposal.pk for proposal in live]).update(status=ProposalStatus.DISCARDED)
    record_all(
        Happening("billing.proposal", proposal.pk, ProposalDiscarded(proposal.number), run.legal_entity_id)
        for proposal in live
    )
    run.status = RunStatus.CANCELLED
    run.save(update_fields=["status"])
    record(run, BillingRunCancelled(run.number), legal_entity_id=run.legal_entity_id)
    return run


def _next_number() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 'BR-' || nextval('billing_run_number')")
        return str((cursor.fetchone() or [""])[0])
