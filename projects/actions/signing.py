"""Sign milestones off: by staff with the signed document, or by the client through a link."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.actors import Actor
from core.attachments import keep_content
from core.errors import Invalid
from core.rows import locked, save_changes
from core.verbs import verb
from projects.actions.deciding import Decision, Evidence, decide
from projects.actions.links import ShownChanged, check_open, link_of, shown_sha256
from projects.actions.milestones import locked_milestone
from projects.actions.uploads import Upload
from projects.models import SignOff, SignOffLink
from projects.policies import check_may_sign
from projects.states import SignOffWay


class DocumentRequired(Invalid):
    """Staff record a decision only with the document that shows it."""

    code = "document_required"


@dataclass(frozen=True)
class Visitor:
    """Where an answer by link came from."""

    address: str | None = None
    user_agent: str = ""


@verb
def sign_off_milestone(
    milestone_id: uuid.UUID,
    *,
    decision: Decision,
    document: Upload | None,
    on: date,
    now: datetime,
    actor: Actor,
    reason: str = "",
) -> SignOff:
    """Record what the client decided on a day, shown by a signed document.

    Refuses whoever completed the milestone, a missing document and a day ahead. Records
    milestone.signed_off or milestone.rejected.
    """
    milestone = locked_milestone(milestone_id)
    check_may_sign(actor, milestone)
    zone = ZoneInfo(milestone.project.legal_entity.time_zone)
    if on > now.astimezone(zone).date():
        raise Invalid("It cannot have been signed on a day that is yet to come.", field="signed_on")
    if document is None:
        raise DocumentRequired(
            "Attach the signed document: without it nothing is signed off.", field="document"
        )
    kept = keep_content(document.content, name=document.name)
    # What was approved by the end of the day it was signed on are the terms it was signed under.
    signed_at = min(now, datetime.combine(on + timedelta(days=1), time(), zone))
    evidence = Evidence(SignOffWay.STAFF, signed_at, on, kept, kept.sha256, recorded_by_id=actor.user_id)
    return decide(milestone, decision, evidence, actor=actor)


@verb
def answer_by_link(
    secret: str,
    *,
    decision: Decision,
    visitor: Visitor,
    now: datetime,
    actor: Actor,
    shown: str = "",
    reason: str = "",
) -> SignOff:
    """Take the client's one answer through a link; name, time, address and document hash are kept.

    Refuses an unknown, expired, revoked or used link, and an answer to something else than is to be decided
    now: `shown` is the hash of what the client read. Records milestone.signed_off or milestone.rejected.
    """
    milestone = locked_milestone(link_of(secret).milestone_id)
    link = locked(SignOffLink, link_of(secret).pk)
    check_open(link, now)
    on = now.astimezone(ZoneInfo(milestone.project.legal_entity.time_zone)).date()
    current = shown_sha256(link, on)
    if shown and shown != current:
        raise ShownChanged("What is to be decided has changed since you opened the page: read it again.")
    evidence = Evidence(
        SignOffWay.CLIENT_LINK,
        now,
        on,
        link.document,
        link.document.sha256 if link.document else current,
        link,
        address=visitor.address,
        user_agent=visitor.user_agent[:300],
    )
    sign_off = decide(milestone, decision, evidence, actor=actor)
    save_changes(link, {"used_at": now})
    return sign_off
