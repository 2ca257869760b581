"""Give a process up and take back what it made, in one transaction."""

import uuid
from collections.abc import Callable

from django.db import transaction

from core.actors import Actor
from integrations.actions.processes import cancel_process
from integrations.actions.steps.activation import WITHDRAW
from integrations.actions.steps.processing import locked_process
from integrations.models import Process, ProcessStep
from integrations.states import StepState
from projects.actions.provisioning import withdraw_projects

TakeBack = Callable[[ProcessStep, str, Actor], list[str]]


def give_up(process_id: uuid.UUID, *, reason: str, actor: Actor) -> Process:
    """Cancel a process, last step first taking back what can be: projects that never opened.

    A customer the ERP got to know stays there: it harms nothing, and another contract may use it.
    """
    with transaction.atomic():
        locked_process(process_id)
        taken_back: list[str] = []
        done = ProcessStep.objects.filter(process=process_id, state=StepState.DONE).exclude(compensation="")
        for step in done.order_by("-position"):
            taken_back += _COMPENSATIONS[step.compensation](step, reason, actor)
        return cancel_process(process_id, taken_back=taken_back, reason=reason, actor=actor)


def _withdraw(step: ProcessStep, reason: str, actor: Actor) -> list[str]:
    ids = [project["id"] for project in step.result["made"]]
    return [project.code for project in withdraw_projects(ids, reason=reason, actor=actor)]


_COMPENSATIONS: dict[str, TakeBack] = {WITHDRAW: _withdraw}
