"""Questions about processes and their steps. Never writes."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import CharField, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat, NullIf, Trim

from core.access import scoped
from core.exceptions import OPEN_STATES
from core.models import Event, ExceptionItem, User
from integrations.models import Process, ProcessStep
from integrations.queries.parties import BILLING_ACCOUNT
from integrations.states import ProcessState, StepState

STUCK = (StepState.WAITING, StepState.FAILED)
LIVE = (ProcessState.RUNNING, ProcessState.WAITING)


def visible_processes(user: User) -> QuerySet[Process]:
    """Return the processes of legal entities whose processes the user may see."""
    return scoped(Process.objects.all(), user, "process.view", "legal_entity")


def listed_processes(user: User) -> QuerySet[Any]:
    """Return the processes with the step they stand at, why, and whom they wait for."""
    open_steps = ProcessStep.objects.filter(process=OuterRef("pk")).exclude(state=StepState.DONE)
    stopped = open_steps.filter(state__in=STUCK).order_by("position")
    return (
        visible_processes(user)
        .select_related("legal_entity")
        .annotate(
            step=Coalesce(
                Subquery(stopped.values("label")[:1]),
                Subquery(open_steps.order_by("position").values("label")[:1]),
            ),
            error=Subquery(stopped.values("error")[:1]),
            waits_for=Subquery(_answerable().values("who")[:1]),
        )
    )


def waiting_processes(user: User) -> QuerySet[Process]:
    """Return the processes that need a person."""
    return visible_processes(user).filter(state=ProcessState.WAITING)


def live_processes_of(subject_id: UUID) -> QuerySet[Process]:
    """Return the processes of a subject that are not over."""
    return Process.objects.filter(subject_id=subject_id, state__in=LIVE)


def exceptions_of(process: Process) -> QuerySet[ExceptionItem]:
    """Return the open exceptions of a process."""
    return ExceptionItem.objects.filter(
        object_type="integrations.process", object_id=process.pk, state__in=OPEN_STATES
    ).order_by("opened_at")


def steps_that_may_go_on(event: Event) -> Sequence[UUID]:
    """Return the stopped steps whose cause the event may have taken away."""
    stopped = ProcessStep.objects.filter(state__in=STUCK, process__state=ProcessState.WAITING)
    match event.type:
        case "billing_account.changed":
            found = stopped.filter(about_type=BILLING_ACCOUNT, about_id=event.aggregate_id)
        case "contract.resumed":
            found = stopped.filter(process__subject_id=event.aggregate_id)
        case "master_data.changed":
            found = stopped.filter(_settled_by(event.payload["model"], event.aggregate_id))
        case _:
            found = stopped.none()
    return list(found.values_list("pk", flat=True))


def _settled_by(model: str, changed: UUID) -> Q:
    """Return the condition on steps that an edit in the data administration may have settled."""
    if model in {"projects.projecttemplate", "projects.worker"}:
        return Q(error_class="manager_missing")
    if model == BILLING_ACCOUNT:
        return Q(about_type=BILLING_ACCOUNT, about_id=changed)
    return Q(pk__in=[])


def _answerable() -> QuerySet[Any]:
    """Return the open exceptions of a process with the person, or the team, that answers for them."""
    full = NullIf(Trim(Concat("owner__first_name", Value(" "), "owner__last_name")), Value(""))
    return (
        ExceptionItem.objects.filter(
            Q(object_type="integrations.process", object_id=OuterRef("pk")), state__in=OPEN_STATES
        )
        .annotate(who=Coalesce(full, "owner__username", F("team"), output_field=CharField()))
        .order_by("opened_at")
    )
