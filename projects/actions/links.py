"""Addresses at which clients decide about milestones: give them out, take them back, check them."""

import hashlib
import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils.timezone import localtime

from contracts.policies import person
from core.actors import Actor
from core.attachments import keep_content
from core.errors import Invalid, NotFound, Refusal
from core.money import round_money
from core.presentation.formats import money
from core.rows import check_fields, locked, save_changes
from core.verbs import verb
from projects.actions.milestones import facts_of, locked_milestone, record_milestone
from projects.actions.uploads import Upload
from projects.events import MilestoneLinkCreated, MilestoneLinkRevoked
from projects.models import Milestone, SignOff, SignOffLink
from projects.policies import check_completed, check_may_edit
from projects.queries.milestones import with_terms

LONGEST = timedelta(days=90)


class LinkUnknown(NotFound):
    """No such link was ever given out."""

    code = "link_unknown"


class LinkClosed(Refusal):
    """The link expired, was withdrawn, or has been answered."""

    code = "link_closed"
    status = 410


class ShownChanged(Refusal):
    """The client decided about something else than there is now."""

    code = "shown_changed"


@verb
def create_link(
    milestone_id: uuid.UUID,
    *,
    expires_at: datetime,
    now: datetime,
    actor: Actor,
    recipient: str = "",
    document: Upload | None = None,
    shows_amount: bool = True,
    reason: str = "",
) -> SignOffLink:
    """Give out an address at which the client decides once about a completed milestone.

    It ends after 90 days at most. Records milestone.link_created.
    """
    milestone = locked_milestone(milestone_id)
    check_may_edit(actor, milestone.project)
    check_completed(milestone)
    if not now < expires_at <= now + LONGEST:
        raise Invalid("A link ends on a day ahead, within 90 days.", field="expires_on")
    link = SignOffLink(
        milestone=milestone,
        recipient=recipient.strip(),
        document=keep_content(document.content, name=document.name) if document else None,
        shows_amount=shows_amount,
        created_by=person(actor),
        expires_at=expires_at,
    )
    link.token_sha256 = SignOffLink.digest(link.secret)
    check_fields(link)
    link.save(force_insert=True)
    record_milestone(milestone, MilestoneLinkCreated(*facts_of(milestone), link.pk, link.recipient))
    return link


@verb
def revoke_link(link_id: uuid.UUID, *, now: datetime, actor: Actor, reason: str = "") -> SignOffLink:
    """Let an address count no more; one that was answered stays so. Records milestone.link_revoked."""
    known = SignOffLink.objects.filter(pk=link_id).values_list("milestone_id", flat=True).first()
    if known is None:
        raise LinkUnknown("This link does not exist.")
    milestone = locked_milestone(known)
    check_may_edit(actor, milestone.project)
    link = locked(SignOffLink, link_id)
    if link.revoked_at is not None:
        return link
    if link.used_at is not None:
        raise LinkClosed("The client has answered through this link already.")
    save_changes(link, {"revoked_at": now})
    record_milestone(milestone, MilestoneLinkRevoked(*facts_of(milestone), link.pk))
    return link


def link_of(secret: str) -> SignOffLink:
    """Return the link with this secret; refuse an unknown one."""
    links = SignOffLink.objects.select_related("milestone__project__legal_entity", "document", "created_by")
    link = links.filter(token_sha256=SignOffLink.digest(secret)).first()
    if link is None:
        raise LinkUnknown("This address is not one of ours. Ask whoever sent it for a new one.")
    return link


def check_open(link: SignOffLink, now: datetime) -> None:
    """Refuse a link that was answered, withdrawn or expired, and one whose milestone does not wait."""
    again = f"Ask {link.created_by} for a new one."
    if link.used_at is not None:
        raise LinkClosed(f"This link was answered on {localtime(link.used_at):%d %b %Y}: it counts once.")
    if link.revoked_at is not None:
        raise LinkClosed(f"This link was withdrawn on {localtime(link.revoked_at):%d %b %Y}. {again}")
    if now >= link.expires_at:
        raise LinkClosed(f"This link expired on {localtime(link.expires_at):%d %b %Y}. {again}")
    if link.milestone.status != "completed":
        raise LinkClosed(f"{link.milestone.code} does not wait for a decision any more.")


def statement_of(link: SignOffLink, on: date) -> str:
    """Return in words what the client decides about: the text whose hash is kept where no file is shown."""
    milestone = with_terms(Milestone.objects.filter(pk=link.milestone_id), on).get()
    contract = milestone.contract
    left = f"{(100 - milestone.accepted_percent).normalize():f} %"
    shown = link.shows_amount and milestone.waiting_amount is not None
    worth = f", {money(milestone.waiting_amount, contract.currency_id)}" if shown else ""
    name = milestone.name or milestone.term_key
    return f"{contract.code} {contract.name}. {milestone.code} {name}: {left} to be accepted{worth}."


def outcome_of(link: SignOffLink, made: SignOff) -> str:
    """Return in words what an answer accepted of the milestone, and what of it remained after that answer."""
    if not made.percent:
        return "nothing is accepted"
    milestone = with_terms(Milestone.objects.filter(pk=link.milestone_id), made.signed_on).get()
    currency = milestone.contract.currency_id
    shown = link.shows_amount and milestone.amount is not None

    def part(percent: Decimal) -> str:
        worth = round_money(milestone.amount * percent / 100, currency) if shown else None
        amount = f" ({money(worth, currency)})" if worth is not None else ""
        return f"{percent.normalize():f} %{amount}"

    left = 100 - made.percent_before - made.percent
    rest = f"; {part(left)} still to be accepted" if left else "; nothing remains to be accepted"
    return f"{part(made.percent)} accepted now{rest}"


def shown_sha256(link: SignOffLink, on: date) -> str:
    """Return the hash of everything the client is shown: the words, and the document where there is one."""
    document = link.document.sha256 if link.document else ""
    return hashlib.sha256(f"{statement_of(link, on)}{document}".encode()).hexdigest()
