"""What a try of a step came to. Fenced: a worker whose lease was taken over changes nothing."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from core.actors import Actor
from core.events import record
from core.reactions import wake
from core.verbs import verb
from integrations.actions.processes import WAKE
from integrations.actions.steps.attempts import Attempt
from integrations.actions.steps.processing import (
    about,
    advance,
    close_step_troubles,
    held_step,
    open_step_trouble,
    settle_step,
)
from integrations.actions.steps.references import link
from integrations.events import ProcessAdvanced, ProcessStopped
from integrations.models import ProcessStep
from integrations.states import ProcessState, StepState

LOOK_AGAIN_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class Confirmed:
    """What a step left behind: facts for the page, and what the system calls the object it was about."""

    result: dict[str, object] = field(default_factory=dict)
    external_id: str = ""


@dataclass(frozen=True)
class Trouble:
    """Why a step cannot go on: a stable code, a sentence a person can act on, the field it is about."""

    code: str
    sentence: str
    field: str = ""


@verb
def complete_step(
    step_id: uuid.UUID, *, attempt: Attempt, confirmed: Confirmed, actor: Actor
) -> ProcessStep | None:
    """Note that a step is done, with what it left; steps that waited for it become due.

    Step, external reference and process.advanced commit together; the last step completes the process
    (process.completed). Returns None when the lease was lost.
    """
    step = held_step(step_id, attempt.epoch)
    if step is None:
        return None
    settle_step(
        step,
        StepState.DONE,
        attempt,
        called=False,
        error_class="",
        error="",
        result=confirmed.result,
        finished_at=timezone.now(),
    )
    if confirmed.external_id and step.system and step.about_id:
        link(step.system, step.about_type, step.about_id, confirmed.external_id)
    close_step_troubles([step], actor=actor, resolution=f"{step.label}: confirmed.")
    process = step.process
    done = ProcessAdvanced(**about(process), step=step.key, label=step.label, result=confirmed.result)
    record(process, done, legal_entity_id=process.legal_entity_id)
    advance(process)
    transaction.on_commit(lambda: wake(WAKE))
    return step


@verb
def stop_step(step_id: uuid.UUID, *, attempt: Attempt, trouble: Trouble, actor: Actor) -> ProcessStep | None:
    """Note a refusal with its reason in words: the step waits for a person, or for its cause to go away.

    Opens the exception of that cause, with the subject's worth at risk. Records process.stopped, once for
    the same refusal. Returns None when the lease was lost.
    """
    return _stop(step_id, StepState.WAITING, attempt, trouble, actor)


@verb
def fail_step(step_id: uuid.UUID, *, attempt: Attempt, error: Exception, actor: Actor) -> ProcessStep | None:
    """Note that retrying was of no use for 48 hours; opens process_failed and records process.stopped."""
    trouble = Trouble("process_failed", f"no success in 48 hours: {error}"[:2000])
    return _stop(step_id, StepState.FAILED, attempt, trouble, actor)


@verb
def postpone_step(
    step_id: uuid.UUID,
    *,
    attempt: Attempt,
    error: Exception,
    until: datetime,
    waited: int = 0,
    may_have_acted: bool = False,
    looked: bool = False,
    actor: Actor,
) -> ProcessStep | None:
    """Note a try without an outcome, and when the next one is due; `waited` seconds count as retrying.

    `may_have_acted` keeps in mind that the system may have carried the request out.
    """
    step = held_step(step_id, attempt.epoch)
    if step is None:
        return None
    return settle_step(
        step,
        StepState.PENDING,
        attempt,
        called=may_have_acted,
        finds=step.finds + int(looked),
        available_at=until,
        retry_seconds=step.retry_seconds + waited,
        error_class=type(error).__name__,
        error=str(error)[:2000],
    )


def _stop(
    step_id: uuid.UUID, state: StepState, attempt: Attempt, trouble: Trouble, actor: Actor
) -> ProcessStep | None:
    step = held_step(step_id, attempt.epoch)
    if step is None:
        return None
    same = (step.error_class, step.error) == (trouble.code[:40], trouble.sentence)
    known = same and step.process.state == ProcessState.WAITING
    settle_step(
        step,
        state,
        attempt,
        called=trouble.code == "outcome_unknown",
        error_class=trouble.code[:40],
        error=trouble.sentence,
        available_at=timezone.now() + LOOK_AGAIN_AFTER,
    )
    open_step_trouble(step, trouble.code, trouble.sentence, trouble.field, actor=actor)
    if not known:
        process = step.process
        stopped = ProcessStopped(
            **about(process),
            step=step.key,
            label=step.label,
            reason_code=trouble.code,
            sentence=trouble.sentence,
        )
        record(process, stopped, legal_entity_id=process.legal_entity_id)
    advance(step.process)
    return step
