"""How steps of a process settle, and what the process makes of it. Steps: they need an open transaction."""

import uuid
from typing import Any

from django.utils import timezone

from contracts.models import Contract
from core.actors import Actor
from core.events import record
from core.exceptions import OPEN_STATES, Cause, close_exceptions, open_exception
from core.models import ExceptionItem
from integrations.actions.steps.activation import delivery_is_open, held_back, tell_projects
from integrations.actions.steps.attempts import Attempt
from integrations.events import AboutProcess, ProcessCompleted
from integrations.models import Process, ProcessStep, StepAttempt
from integrations.states import PROCESS, PROCESS_STEP, ProcessKind, ProcessState, StepState

STUCK = (StepState.WAITING, StepState.FAILED)
_TECHNICAL = frozenset({"process_failed", "outcome_unknown"})
_STEWARDS = frozenset(
    {"customer_incomplete", "customer_ambiguous", "customer_unknown", "currency_not_allowed"}
)
_PLANNERS = frozenset({"manager_missing", "terms_not_loaded", "contract_not_active"})


def held_step(step_id: uuid.UUID, epoch: int) -> ProcessStep | None:
    """Lock process and step if the lease of this epoch still holds it; a late worker gets nothing."""
    process_id = ProcessStep.objects.values_list("process_id", flat=True).get(pk=step_id)
    process = locked_process(process_id)
    step = (
        ProcessStep.objects.select_for_update(no_key=True, of=("self",))
        .select_related("system")
        .filter(pk=step_id, epoch=epoch, state=StepState.RUNNING)
        .first()
    )
    if step is None or process.state == ProcessState.CANCELLED:
        return None
    step.process = process
    return step


def locked_process(process_id: uuid.UUID) -> Process:
    """Lock the process: always before its steps, and before what they work on."""
    return Process.objects.select_for_update(no_key=True).get(pk=process_id)


def settle_step(step: ProcessStep, state: StepState, attempt: Attempt, **values: object) -> ProcessStep:
    """Move a held step to its next state, give up the lease and log the attempt."""
    PROCESS_STEP.check(step.state, state, label=str(step))
    changed = {
        "state": state,
        "attempts": step.attempts + 1,
        "lease_owner": "",
        "lease_until": None,
        **values,
    }
    ProcessStep.objects.filter(pk=step.pk).update(**changed)
    for name, value in changed.items():
        setattr(step, name, value)
    StepAttempt.objects.create(
        step=step,
        epoch=attempt.epoch,
        action=attempt.action,
        started_at=attempt.started_at,
        milliseconds=attempt.milliseconds,
        outcome=str(values.get("error_class") or state)[:40],
        detail=str(values.get("error") or ""),
    )
    return step


def advance(process: Process) -> None:
    """Bring the process to the state its steps make it, and tell its projects what they wait for.

    Records process.completed once every step is done.
    """
    states = set(process.steps.values_list("state", flat=True))
    if states == {StepState.DONE}:
        move_process(process, ProcessState.DONE)
        record(process, ProcessCompleted(**about(process)), legal_entity_id=process.legal_entity_id)
    elif states & set(STUCK):
        move_process(process, ProcessState.WAITING)
    else:
        move_process(process, ProcessState.RUNNING)
    if process.kind == ProcessKind.CONTRACT_ACTIVATION:
        tell_projects(process)


def move_process(process: Process, target: ProcessState) -> None:
    """Move a locked process; a state reached stays."""
    if process.state == target:
        return
    PROCESS.check(process.state, target, label=str(process))
    process.state = target
    process.finished_at = timezone.now() if not PROCESS.moves[target] else None
    process.save(update_fields=["state", "finished_at"])


def about(process: Process) -> dict[str, Any]:
    """Return what every event of a process says first."""
    code, kind = process.subject_label, process.kind
    return vars(AboutProcess(kind, code, process.subject_type, process.subject_id))


def open_step_trouble(step: ProcessStep, code: str, sentence: str, field: str, *, actor: Actor) -> None:
    """Open or refresh the exception of a step under this code; every other one of it is closed."""
    process = step.process
    key = _key(step, code)
    close_step_troubles([step], actor=actor, resolution="It stopped for another reason.", keep=key)
    technical = code in _TECHNICAL
    subject = Contract.objects.filter(pk=process.contract_id).first() if process.contract_id else None
    opened = subject is not None and delivery_is_open(subject)
    stands = "is delivered, but not all of it is confirmed" if opened else "cannot start"
    open_exception(
        Cause(
            code=code,
            key=key,
            title=f"{process.subject_label} {stands}: {sentence}"[:200],
            object_type="integrations.process",
            object_id=process.pk,
            kind="technical" if technical else "business",
            object_label=process.subject_label,
            subject_label=process.party,
            contract_id=process.contract_id,
            legal_entity_id=process.legal_entity_id,
            flow=process.kind,
            team=_team(code),
            money_at_risk=held_back(subject) if subject else process.money_at_risk,
            currency=process.currency,
            evidence={
                "sentence": sentence,
                "step": step.label,
                "system": step.system.name if step.system else "",
                "field": field,
                "process_id": str(process.pk),
                "step_id": str(step.pk),
                "billing_account_id": str(step.about_id or "") if step.about_type else "",
            },
        ),
        actor=actor,
    )


def close_step_troubles(steps: list[ProcessStep], *, actor: Actor, resolution: str, keep: str = "") -> None:
    """Close the open exceptions of steps, except the one with the key to keep."""
    processes = {step.process_id for step in steps}
    stems = tuple(_key(step, "") for step in steps)
    keys = ExceptionItem.objects.filter(
        object_type="integrations.process", object_id__in=processes, state__in=OPEN_STATES
    ).values_list("cause_key", flat=True)
    closing = [key for key in keys if key.startswith(stems) and key != keep]
    close_exceptions(closing, actor=actor, resolution=resolution)


def _team(code: str) -> str:
    if code in _STEWARDS:
        return "data_steward"
    if code in _PLANNERS:
        return "pmo"
    return "integration_support" if code in _TECHNICAL else "finance"


def _key(step: ProcessStep, code: str) -> str:
    return f"process_step:{step.pk}:{code}"
