"""Processes as people and events see them: begin, try again, give up."""

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from contracts.models import Contract
from core.actors import Actor
from core.correlation import correlation_id
from core.errors import Invalid, NotFound
from core.events import record
from core.permissions import require
from core.reactions import wake
from core.rows import locked
from core.verbs import verb
from integrations.actions.deliveries import operation_id
from integrations.actions.steps.activation import Planned, contract_value, plan_activation
from integrations.actions.steps.processing import (
    STUCK,
    about,
    close_step_troubles,
    locked_process,
    move_process,
)
from integrations.events import ProcessCancelled, ProcessResumed, ProcessStarted
from integrations.models import Process, ProcessStep
from integrations.states import PROCESS_STEP, ProcessKind, ProcessState, StepState

CONTRACT = "contracts.contract"
WAKE = "integrations.tasks.advance_processes"


class CancelReasonMissing(Invalid):
    """Giving up has to be explained."""

    code = "reason_required"


@verb
def begin_activation(
    contract_id: uuid.UUID, *, causation_id: uuid.UUID | None = None, actor: Actor
) -> Process | None:
    """Lay out the steps that open delivery of an activated contract; records process.started.

    A master agreement has nothing to deliver: None. A contract whose activation was begun gets the one
    there is.
    """
    contract = locked(Contract, contract_id)
    if contract.kind == Contract.Kind.MASTER:
        return None
    kind = ProcessKind.CONTRACT_ACTIVATION
    known = Process.objects.filter(kind=kind, subject_id=contract.pk).exclude(state=ProcessState.CANCELLED)
    if process := known.first():
        return process
    process = Process.objects.create(
        kind=kind,
        subject_type=CONTRACT,
        subject_id=contract.pk,
        subject_label=contract.code,
        party=contract.customer.name,
        contract_id=contract.pk,
        legal_entity_id=contract.legal_entity_id,
        money_at_risk=contract_value(contract),
        currency=contract.currency_id,
        correlation=correlation_id(),
        causation_id=causation_id,
    )
    planned = plan_activation(contract)
    _lay_out(process, planned)
    started = ProcessStarted(**about(process), steps=[step.label for step in planned])
    record(process, started, legal_entity_id=process.legal_entity_id)
    transaction.on_commit(lambda: wake(WAKE))
    return process


def _lay_out(process: Process, planned: list[Planned]) -> None:
    run = Process.objects.filter(kind=process.kind, subject_id=process.subject_id).count()
    ProcessStep.objects.bulk_create(
        ProcessStep(
            process=process,
            position=position,
            key=step.key,
            work=step.work,
            label=step.label[:200],
            depends_on=list(step.depends_on),
            system=step.system,
            about_type=step.about_type,
            about_id=step.about_id,
            compensation=step.compensation,
            available_at=timezone.now(),
            operation_id=operation_id(
                step.system.code if step.system else "", process.kind, process.subject_id, step.key, run
            ),
        )
        for position, step in enumerate(planned, start=1)
    )


@verb
def resume_process(process_id: uuid.UUID, *, actor: Actor, reason: str = "") -> Process:
    """Have the steps that stopped tried again now; nothing done is done again. Records process.resumed.

    A step that would be tried later is tried now. For a system that cannot be searched, pressing is the
    person's word that nothing arrived there. A process that is over stays as it is.
    """
    process = _found(process_id)
    require(actor, "process.work", process.legal_entity_id)
    if process.state in {ProcessState.DONE, ProcessState.CANCELLED}:
        return process
    _try_again(process, list(process.steps.filter(state__in=(*STUCK, StepState.PENDING))), by_hand=True)
    return process


@verb
def retry_stopped_steps(step_ids: Collection[uuid.UUID], *, actor: Actor, reason: str = "") -> list[Process]:
    """Have stopped steps tried again because their cause may be gone; records process.resumed for each."""
    rows = ProcessStep.objects.filter(pk__in=step_ids, state__in=STUCK)
    retried = []
    for process_id in rows.order_by("process_id").values_list("process_id", flat=True).distinct():
        process = locked_process(process_id)
        if process.state == ProcessState.WAITING:
            _try_again(process, list(rows.filter(process=process)))
            retried.append(process)
    return retried


@verb
def look_again(*, now: datetime, actor: Actor) -> int:
    """Have steps that wait for a person looked at again, where that is due; their exceptions stay open.

    A cause may go away where no event of ours tells: in the other system. Returns how many.
    """
    due = ProcessStep.objects.filter(
        state=StepState.WAITING,
        system__isnull=False,
        available_at__lte=now,
        process__state=ProcessState.WAITING,
    )
    PROCESS_STEP.check(StepState.WAITING, StepState.PENDING)
    return due.exclude(error_class="outcome_unknown").update(state=StepState.PENDING)


@verb
def cancel_process(
    process_id: uuid.UUID, *, taken_back: Collection[str] = (), reason: str, actor: Actor
) -> Process:
    """Give a process up, with a reason; `taken_back` names what it had made. Records process.cancelled.

    Use relay.compensation, which takes the projects back in the same transaction.
    """
    process = _found(process_id)
    require(actor, "process.work", process.legal_entity_id)
    if process.state == ProcessState.CANCELLED:
        return process
    if not reason.strip():
        raise CancelReasonMissing("Say why the process is given up.", field="reason")
    move_process(process, ProcessState.CANCELLED)
    close_step_troubles(list(process.steps.all()), actor=actor, resolution=f"Given up: {reason}")
    cancelled = ProcessCancelled(**about(process), taken_back=list(taken_back))
    record(process, cancelled, legal_entity_id=process.legal_entity_id)
    return process


def _try_again(process: Process, steps: list[ProcessStep], *, by_hand: bool = False) -> None:
    now = timezone.now()
    rows = ProcessStep.objects.filter(pk__in=[step.pk for step in steps])
    for step in steps:
        if step.state != StepState.PENDING:
            PROCESS_STEP.check(step.state, StepState.PENDING, label=str(step))
    rows.filter(state__in=STUCK).update(
        state=StepState.PENDING, retry_seconds=0, finds=0, **({"called": False} if by_hand else {})
    )
    rows.filter(state=StepState.PENDING).update(available_at=now)
    move_process(process, ProcessState.RUNNING)
    resumed = ProcessResumed(**about(process), steps=[step.label for step in steps])
    record(process, resumed, legal_entity_id=process.legal_entity_id)
    transaction.on_commit(lambda: wake(WAKE))


def _found(process_id: uuid.UUID) -> Process:
    if not Process.objects.filter(pk=process_id).exists():
        raise NotFound("There is no such process.")
    return locked_process(process_id)
