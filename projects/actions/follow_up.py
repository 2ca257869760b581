"""Follow up milestones that wait: accept them where the terms say so, else make the wait somebody's task."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, DateField, ExpressionWrapper, F, QuerySet

from core.actors import Actor
from core.events import Happening, record_all
from core.exceptions import OPEN_STATES, close_exceptions, open_exception
from core.models import ExceptionItem
from core.verbs import verb
from projects.actions.milestones import facts_of
from projects.actions.unsigned import unsigned_cause, unsigned_key
from projects.events import MilestoneSignedOff
from projects.models import Milestone, Project, SignOff
from projects.queries.milestones import unsigned, with_terms
from projects.states import MilestoneStatus, SignOffDecision, SignOffWay

NOBODY = "Nobody answered in time"


@verb
def deem_accepted(*, on: date, now: datetime, actor: Actor, reason: str = "") -> int:
    """Accept what waited as long as its terms allow without an answer; return how many milestones.

    What is left of each is accepted on the day on which the wait ended. Records milestone.signed_off.
    """
    due = _locked(_due(on).values_list("pk", flat=True))
    counts = _sign_offs_of(due)
    waiting = [one for one in with_terms(_of(due), on).select_related("project") if one.deemed_after_days]
    sign_offs = [_deemed(one, counts.get(one.pk, 0) + 1, now) for one in waiting]
    SignOff.objects.bulk_create(sign_offs)
    _of([one.pk for one in waiting]).update(status=MilestoneStatus.SIGNED_OFF)
    close_exceptions(
        [unsigned_key(one) for one in waiting], actor=actor, resolution="It counts as accepted by its terms."
    )
    record_all(_happened(one, fact) for one, fact in zip(waiting, sign_offs, strict=True))
    return len(waiting)


@verb
def note_unsigned(*, on: date, actor: Actor, reason: str = "") -> int:
    """Open an exception for each milestone that waits too long for its sign-off; return how many wait.

    At risk is what is not accepted yet, at the terms of the day. Those that wait no more are closed.
    """
    rows = with_terms(unsigned(Milestone.objects.all(), on), on)
    waiting = list(rows.select_related("project", "contract__customer").order_by("pk"))
    keys = {unsigned_key(one) for one in waiting}
    for one in waiting:
        open_exception(unsigned_cause(one), actor=actor)
    stale = ExceptionItem.objects.filter(code="milestone_unsigned", state__in=OPEN_STATES)
    gone = stale.exclude(cause_key__in=keys).values_list("cause_key", flat=True)
    close_exceptions(gone, actor=actor, resolution="It does not wait for its sign-off any more.")
    return len(waiting)


def _due(on: date) -> QuerySet[Any]:
    rows = with_terms(Milestone.objects.filter(status=MilestoneStatus.COMPLETED), on)
    ends = ExpressionWrapper(F("completed_on") + F("deemed_after_days"), output_field=DateField())
    due: QuerySet[Any] = rows.filter(deemed_after_days__isnull=False).annotate(ends_on=ends)
    return due.filter(ends_on__lte=on)


def _locked(ids: Iterable[uuid.UUID]) -> list[uuid.UUID]:
    """Lock projects, then milestones, each by id; return the milestones that still wait."""
    wanted = list(ids)
    projects = Project.objects.filter(milestones__in=wanted).values("pk")
    list(Project.objects.filter(pk__in=projects).order_by("pk").select_for_update(no_key=True))
    rows = _of(wanted).filter(status=MilestoneStatus.COMPLETED).order_by("pk")
    return [row.pk for row in rows.select_for_update(no_key=True)]


def _of(ids: Sequence[uuid.UUID]) -> QuerySet[Milestone]:
    return Milestone.objects.filter(pk__in=ids)


def _sign_offs_of(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    counted = SignOff.objects.filter(milestone__in=ids).order_by().values("milestone")
    return {row["milestone"]: row["count"] for row in counted.annotate(count=Count("pk"))}


def _deemed(milestone: Any, number: int, now: datetime) -> SignOff:
    accepted: Decimal = milestone.accepted_percent
    wait = timedelta(days=milestone.deemed_after_days)
    return SignOff(
        milestone=milestone,
        number=number,
        decision=SignOffDecision.DEEMED,
        percent=100 - accepted,
        percent_before=accepted,
        progress_percent=milestone.percent_complete,
        how=SignOffWay.DEEMED,
        signer=NOBODY,
        signed_at=now,
        signed_on=milestone.completed_on + wait,
    )


def _happened(milestone: Milestone, fact: SignOff) -> Happening:
    payload = MilestoneSignedOff(
        *facts_of(milestone),
        fact.pk,
        fact.decision,
        fact.how,
        fact.percent,
        Decimal(100),
        fact.signed_on,
    )
    entity_id = milestone.project.legal_entity_id
    return Happening("projects.milestone", milestone.pk, payload, entity_id, fact.signed_on)
