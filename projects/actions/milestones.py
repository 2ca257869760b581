"""Deliver milestones: plan them from the terms, start them, report progress, say that they are done."""

import uuid
from datetime import date
from decimal import Decimal

from contracts.models import Contract
from core.actors import Actor
from core.errors import Invalid, NotFound
from core.events import record
from core.rows import locked, save_changes
from core.states import IllegalMove
from core.verbs import verb
from projects.actions.loading import load_milestones, reschedule_milestones
from projects.events import MilestoneCompleted, MilestoneProgressed, MilestoneStarted
from projects.models import Milestone, Project
from projects.policies import check_may_edit, check_not_over
from projects.queries.milestones import with_terms
from projects.states import MILESTONE, MilestoneStatus

OPEN = (MilestoneStatus.PLANNED, MilestoneStatus.IN_PROGRESS)


class BelowRequired(Invalid):
    """The terms ask for more progress than is there."""

    code = "progress_below_required"


@verb
def plan_milestones(contract_id: uuid.UUID, *, actor: Actor, reason: str = "") -> int:
    """Bring the milestones of active projects in line with the newest approved terms; return how many moved.

    New terms are planned, changed days follow. Milestones whose term is gone stay: nothing bills them.
    Records milestone.planned and milestone.rescheduled.
    """
    locked(Contract, contract_id)
    return load_milestones(contract_id) + reschedule_milestones(contract_id)


@verb
def start_milestone(milestone_id: uuid.UUID, *, actor: Actor, reason: str = "") -> Milestone:
    """Note that work on a milestone began; records milestone.started."""
    milestone = locked_milestone(milestone_id, actor)
    if milestone.status == MilestoneStatus.IN_PROGRESS:
        return milestone
    _refuse_settled(milestone)
    MILESTONE.check(milestone.status, MilestoneStatus.IN_PROGRESS, label=milestone.code)
    save_changes(milestone, {"status": MilestoneStatus.IN_PROGRESS})
    record_milestone(milestone, MilestoneStarted(*facts_of(milestone)))
    return milestone


@verb
def report_progress(
    milestone_id: uuid.UUID, *, percent: Decimal, actor: Actor, reason: str = ""
) -> Milestone:
    """Note how far a milestone in progress is, in percent of the whole; records milestone.progressed."""
    milestone = locked_milestone(milestone_id, actor)
    _refuse_settled(milestone)
    _check_percent(percent)
    changed = save_changes(milestone, {"status": MilestoneStatus.IN_PROGRESS, "percent_complete": percent})
    if changed:
        record_milestone(milestone, MilestoneProgressed(*facts_of(milestone), percent))
    return milestone


@verb
def complete_milestone(
    milestone_id: uuid.UUID,
    *,
    on: date,
    today: date,
    actor: Actor,
    percent: Decimal = Decimal(100),
    reason: str = "",
) -> Milestone:
    """Say that a milestone is done on a day that is not ahead; it waits for its sign-off from then on.

    Refuses less progress than the terms require. Records milestone.completed.
    """
    milestone = locked_milestone(milestone_id, actor)
    if milestone.status == MilestoneStatus.COMPLETED:
        return milestone
    _refuse_settled(milestone)
    _check_percent(percent)
    if on > today:
        raise Invalid("It cannot be completed on a day that is yet to come.", field="on")
    required = with_terms(Milestone.objects.filter(pk=milestone.pk), today).get().required_percent
    if required is not None and percent < required:
        raise BelowRequired(
            f"{milestone.code} is {percent.normalize():f} % complete; its terms require"
            f" {required.normalize():f} %.",
            field="percent",
        )
    done = {"percent_complete": percent, "completed_on": on, "completed_by_id": actor.user_id}
    save_changes(milestone, {"status": MilestoneStatus.COMPLETED, **done})
    record_milestone(milestone, MilestoneCompleted(*facts_of(milestone), on, percent), on)
    return milestone


def locked_milestone(milestone_id: uuid.UUID, actor: Actor | None = None) -> Milestone:
    """Lock the project first, then the milestone; with an actor, refuse whoever may not change them."""
    project_id = Milestone.objects.filter(pk=milestone_id).values_list("project_id", flat=True).first()
    if project_id is None:
        raise NotFound("This milestone does not exist.")
    project = locked(Project, project_id)
    if actor is not None:
        check_may_edit(actor, project)
        check_not_over(project)
    milestone = locked(Milestone, milestone_id)
    milestone.project = project
    return milestone


def facts_of(milestone: Milestone) -> tuple[str, uuid.UUID, uuid.UUID, uuid.UUID]:
    """Return what every event of a milestone says first."""
    return milestone.code, milestone.pk, milestone.project_id, milestone.contract_id


def record_milestone(milestone: Milestone, payload: object, effective_on: date | None = None) -> None:
    """Record an event of a milestone."""
    entity_id = milestone.project.legal_entity_id
    record(milestone, payload, legal_entity_id=entity_id, effective_on=effective_on)


def _refuse_settled(milestone: Milestone) -> None:
    if milestone.status not in OPEN:
        state = "waits for its sign-off" if milestone.status == MilestoneStatus.COMPLETED else "is signed off"
        raise IllegalMove(f"{milestone.code} {state}: its progress is settled.", field="status")


def _check_percent(percent: Decimal) -> None:
    if not 0 <= percent <= 100:
        raise Invalid("Progress is between 0 and 100 %.", field="percent")
