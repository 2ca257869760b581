"""Steps that decide about completed milestones; `projects.actions.signing` has the verbs over them."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Sum

from core.actors import Actor
from core.errors import Invalid
from core.exceptions import close_exceptions
from core.models import Attachment
from core.rows import check_fields, save_changes
from projects.actions.milestones import facts_of, record_milestone
from projects.actions.unsigned import refresh_unsigned, unsigned_key
from projects.events import MilestoneRejected, MilestoneSignedOff
from projects.models import Milestone, SignOff, SignOffLink
from projects.policies import check_completed
from projects.states import MILESTONE, MilestoneStatus, SignOffDecision


@dataclass(frozen=True)
class Decision:
    """What somebody says about a milestone: accepted in full, in part by a percent of the whole, or not."""

    kind: str
    signer: str
    comment: str = ""
    percent: Decimal | None = None


@dataclass(frozen=True)
class Evidence:
    """When and how it was said, and what shows it. `signed_on` prices what is accepted."""

    how: str
    signed_at: datetime
    signed_on: date
    document: Attachment | None = None
    document_sha256: str = ""
    link: SignOffLink | None = None
    recorded_by_id: uuid.UUID | None = None
    address: str | None = None
    user_agent: str = ""


def decide(milestone: Milestone, decision: Decision, evidence: Evidence, *, actor: Actor) -> SignOff:
    """Note a decision about a locked, completed milestone and move it on.

    What is left accepted signs it off; a part leaves the rest waiting; a rejection, which says why, sends
    it back to work. Records milestone.signed_off or milestone.rejected; closes its exception where nothing
    waits any more, else has it tell what still does.
    """
    check_completed(milestone)
    before = accepted_percent(milestone)
    sign_off = SignOff(
        milestone=milestone,
        number=milestone.sign_offs.count() + 1,
        decision=decision.kind,
        percent=_percent(decision, before),
        percent_before=before,
        progress_percent=milestone.percent_complete,
        signer=decision.signer.strip(),
        comment=decision.comment.strip(),
        **evidence.__dict__,
    )
    _check(sign_off, milestone)
    sign_off.save(force_insert=True)
    move_on(milestone, sign_off, actor=actor)
    return sign_off


def move_on(milestone: Milestone, sign_off: SignOff, *, actor: Actor) -> None:
    """Bring the milestone where its newest sign-off leads, and record it."""
    accepted = sign_off.percent_before + sign_off.percent
    rejected = sign_off.decision == SignOffDecision.REJECTED
    if rejected:
        back = {"status": MilestoneStatus.IN_PROGRESS, "completed_on": None, "completed_by_id": None}
        save_changes(milestone, back)
    elif accepted == 100:
        MILESTONE.check(milestone.status, MilestoneStatus.SIGNED_OFF, label=milestone.code)
        save_changes(milestone, {"status": MilestoneStatus.SIGNED_OFF})
    if milestone.status != MilestoneStatus.COMPLETED:
        close_exceptions([unsigned_key(milestone)], actor=actor, resolution="It was decided about.")
    else:
        refresh_unsigned(milestone, on=sign_off.signed_on, actor=actor)
    about, how = facts_of(milestone), sign_off.how
    payload = (
        MilestoneRejected(*about, sign_off.pk, how, sign_off.comment)
        if rejected
        else MilestoneSignedOff(
            *about, sign_off.pk, sign_off.decision, how, sign_off.percent, accepted, sign_off.signed_on
        )
    )
    record_milestone(milestone, payload, sign_off.signed_on)


def accepted_percent(milestone: Milestone) -> Decimal:
    """Return how much of the milestone is accepted, in percent of the whole."""
    return SignOff.objects.filter(milestone=milestone).aggregate(sum=Sum("percent"))["sum"] or Decimal(0)


def _percent(decision: Decision, before: Decimal) -> Decimal:
    left = 100 - before
    if decision.kind == SignOffDecision.REJECTED:
        return Decimal(0)
    if decision.kind != SignOffDecision.PARTIAL:
        return left
    if decision.percent is None or not 0 < decision.percent < left:
        raise Invalid(
            f"A part is more than 0 and less than the {left.normalize():f} % that are left;"
            " to take all of it, accept it in full.",
            field="percent",
        )
    return decision.percent


def _check(sign_off: SignOff, milestone: Milestone) -> None:
    if not sign_off.signer:
        raise Invalid("Say who signs.", field="signer")
    if sign_off.decision == SignOffDecision.REJECTED and not sign_off.comment:
        raise Invalid("Say why it is rejected, so that it can be put right.", field="comment")
    if milestone.completed_on and sign_off.signed_on < milestone.completed_on:
        raise Invalid(
            f"{milestone.code} was completed on {milestone.completed_on:%d %b %Y}: it is not signed earlier.",
            field="signed_on",
        )
    check_fields(sign_off)
