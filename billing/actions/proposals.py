"""What people do with a proposal: submit, return, approve, hold, note, discard, release."""

import uuid
from collections.abc import Collection

from django.utils import timezone

from billing.actions.steps.locking import lock_proposal
from billing.drafting.build import content_sha256, recalculate
from billing.events import (
    ProposalApproved,
    ProposalDiscarded,
    ProposalHeld,
    ProposalNoted,
    ProposalReleased,
    ProposalReturned,
    ProposalSubmitted,
)
from billing.models import Charge, Proposal, ProposalNote
from billing.policies import (
    another_person,
    credit_posted_first,
    invoice_posted_first,
    not_on_hold,
    nothing_blocks,
)
from billing.pricing import engine
from billing.pricing.scope import Scope
from billing.states import PROPOSAL, ChargeStatus, ProposalStatus
from core.actors import Actor
from core.errors import Invalid, NotFound, Refusal
from core.events import Happening, record, record_all
from core.permissions import require
from core.verbs import verb

UNAPPROVED = {"approved_by": None, "approved_at": None, "approved_sha256": ""}


class ContentChanged(Refusal):
    """What was approved is not what stands there now."""

    code = "content_changed"


class ReasonMissing(Invalid):
    """A person must say why."""

    code = "reason_missing"


@verb
def submit_proposals(
    proposal_ids: Collection[uuid.UUID], *, actor: Actor, reason: str = ""
) -> list[Proposal]:
    """Send drafts for approval; the sender becomes the preparer. Records proposal.submitted for each.

    All or nothing: a held proposal or one in another state refuses the whole selection by name.
    """
    proposals = _locked(proposal_ids)
    moving = [proposal for proposal in proposals if proposal.status != ProposalStatus.IN_REVIEW]
    for proposal in moving:
        require(actor, "billing.prepare", proposal.legal_entity_id)
        not_on_hold(proposal)
        PROPOSAL.check(proposal.status, ProposalStatus.IN_REVIEW, label=proposal.number)
    Proposal.objects.filter(pk__in=[proposal.pk for proposal in moving]).update(
        status=ProposalStatus.IN_REVIEW, prepared_by=actor.user, refusal=""
    )
    record_all(
        Happening(
            "billing.proposal",
            proposal.pk,
            ProposalSubmitted(proposal.number, proposal.gross, proposal.currency),
            proposal.legal_entity_id,
        )
        for proposal in moving
    )
    return _reread(proposals)


@verb
def return_proposal(proposal_id: uuid.UUID, *, actor: Actor, reason: str) -> Proposal:
    """Send a proposal back to draft with a reason; an approval is withdrawn. Records proposal.returned."""
    proposal = _locked([proposal_id])[0]
    require(actor, "billing.decide", proposal.legal_entity_id)
    if not reason.strip():
        raise ReasonMissing("Say why the proposal goes back.", field="reason")
    if proposal.status == ProposalStatus.RELEASING:
        raise ContentChanged(f"{proposal.number} is on its way to the ERP.")
    PROPOSAL.check(proposal.status, ProposalStatus.DRAFT, label=proposal.number)
    Proposal.objects.filter(pk=proposal.pk).update(status=ProposalStatus.DRAFT, **UNAPPROVED)
    record(proposal, ProposalReturned(proposal.number, reason), legal_entity_id=proposal.legal_entity_id)
    return _reread([proposal])[0]


@verb
def approve_proposals(
    proposal_ids: Collection[uuid.UUID], *, actor: Actor, reason: str = ""
) -> list[Proposal]:
    """Approve exactly what stands there now, by a person who did not prepare it.

    Records proposal.approved with the hash of the content; release compares it again.
    """
    proposals = _locked(proposal_ids)
    moving = [proposal for proposal in proposals if proposal.status != ProposalStatus.APPROVED]
    for proposal in moving:
        require(actor, "proposal.approve", proposal.legal_entity_id)
        another_person(actor, proposal.prepared_by_id, proposal.number)
        not_on_hold(proposal)
        PROPOSAL.check(proposal.status, ProposalStatus.APPROVED, label=proposal.number)
    happenings = []
    for proposal in moving:
        proposal.status, proposal.approved_by, proposal.approved_at = (
            ProposalStatus.APPROVED,
            actor.user,
            timezone.now(),
        )
        proposal.approved_sha256 = content_sha256(proposal)
        payload = ProposalApproved(
            proposal.number, proposal.gross, proposal.currency, proposal.approved_sha256
        )
        happenings.append(Happening("billing.proposal", proposal.pk, payload, proposal.legal_entity_id))
    Proposal.objects.bulk_update(moving, ["status", "approved_by", "approved_at", "approved_sha256"])
    record_all(happenings)
    return _reread(proposals)


@verb
def hold_proposal(proposal_id: uuid.UUID, *, actor: Actor, reason: str) -> Proposal:
    """Keep a draft or reviewed proposal back. Records proposal.held."""
    proposal = _locked([proposal_id])[0]
    require(actor, "billing.prepare", proposal.legal_entity_id)
    if not reason.strip():
        raise ReasonMissing("Say why the proposal is held.", field="reason")
    if proposal.status not in {ProposalStatus.DRAFT, ProposalStatus.IN_REVIEW, ProposalStatus.APPROVED}:
        raise ContentChanged(f"{proposal.number} is {proposal.status} and cannot be held any more.")
    return _set_hold(proposal, reason)


@verb
def unhold_proposal(proposal_id: uuid.UUID, *, actor: Actor, reason: str = "") -> Proposal:
    """Let a held proposal go on. Records proposal.held with an empty reason."""
    proposal = _locked([proposal_id])[0]
    require(actor, "billing.prepare", proposal.legal_entity_id)
    return _set_hold(proposal, "") if proposal.on_hold else proposal


@verb
def note_proposal(proposal_id: uuid.UUID, *, text: str, actor: Actor, reason: str = "") -> ProposalNote:
    """Leave a remark that stays inside the firm. Records proposal.noted."""
    proposal = _locked([proposal_id])[0]
    require(actor, "billing.decide", proposal.legal_entity_id)
    if not text.strip() or actor.user is None:
        raise ReasonMissing("Write the note first.", field="text")
    note = ProposalNote.objects.create(proposal=proposal, author=actor.user, text=text.strip()[:1000])
    record(proposal, ProposalNoted(proposal.number, note.text), legal_entity_id=proposal.legal_entity_id)
    return note


@verb
def discard_proposal(proposal_id: uuid.UUID, *, actor: Actor, reason: str) -> Proposal:
    """Give up a draft; its charges are open again for the next run. Records proposal.discarded."""
    proposal = lock_proposal(proposal_id)
    require(actor, "billing.prepare", proposal.legal_entity_id)
    PROPOSAL.check(proposal.status, ProposalStatus.DISCARDED, label=proposal.number)
    Charge.objects.filter(proposal_line__proposal=proposal).update(
        status=ChargeStatus.OPEN, proposal_line=None
    )
    Proposal.objects.filter(pk=proposal.pk).update(status=ProposalStatus.DISCARDED)
    record(proposal, ProposalDiscarded(proposal.number), legal_entity_id=proposal.legal_entity_id)
    return _reread([proposal])[0]


@verb
def release_proposal(proposal_id: uuid.UUID, *, actor: Actor, reason: str = "") -> Proposal:
    """Send an approved proposal to the ERP: its charges are fixed from now on. Records proposal.released.

    The sources are priced once more first; where a fact moved since the approval, the proposal is
    recalculated instead and comes back as a draft: look at its status. Refused while it is held, while
    blocking exceptions of the contract are open, and before the credit it follows, or the invoice it
    credits, is posted.
    """
    proposal = lock_proposal(proposal_id)
    require(actor, "proposal.release", proposal.legal_entity_id)
    if proposal.status in {ProposalStatus.RELEASING, ProposalStatus.POSTED}:
        return proposal
    PROPOSAL.check(proposal.status, ProposalStatus.RELEASING, label=proposal.number)
    not_on_hold(proposal)
    nothing_blocks(proposal)
    invoice_posted_first(proposal)
    credit_posted_first(proposal)
    if _moved_since_approval(proposal, actor):
        return _reread([proposal])[0]
    if content_sha256(proposal) != proposal.approved_sha256:
        raise ContentChanged(f"{proposal.number} is not what was approved: return it to draft.")
    Charge.objects.filter(proposal_line__proposal=proposal).update(fixed_at=timezone.now())
    proposal.status, proposal.revision, proposal.refusal = ProposalStatus.RELEASING, proposal.revision + 1, ""
    proposal.save(update_fields=["status", "revision", "refusal"])
    payload = ProposalReleased(
        proposal.number,
        proposal.kind,
        proposal.revision,
        proposal.legal_entity_id,
        proposal.gross,
        proposal.currency,
    )
    record(proposal, payload, legal_entity_id=proposal.legal_entity_id)
    return proposal


def _moved_since_approval(proposal: Proposal, actor: Actor) -> bool:
    sources = set(Charge.objects.filter(proposal_line__proposal=proposal).values_list("source_id", flat=True))
    outcome = engine.run(Scope.of([proposal.contract_id], sources))
    recalculate(outcome.proposal_ids, actor=actor)
    return Proposal.objects.values_list("status", flat=True).get(pk=proposal.pk) != ProposalStatus.APPROVED


def _set_hold(proposal: Proposal, reason: str) -> Proposal:
    proposal.on_hold, proposal.hold_reason = bool(reason), reason[:240]
    proposal.save(update_fields=["on_hold", "hold_reason"])
    record(proposal, ProposalHeld(proposal.number, reason), legal_entity_id=proposal.legal_entity_id)
    return proposal


def _locked(proposal_ids: Collection[uuid.UUID]) -> list[Proposal]:
    found = list(Proposal.objects.filter(pk__in=proposal_ids).order_by("pk").select_for_update(no_key=True))
    if len(found) != len(set(proposal_ids)) or not found:
        raise NotFound("No such proposal.")
    return found


def _reread(proposals: list[Proposal]) -> list[Proposal]:
    return list(Proposal.objects.filter(pk__in=[proposal.pk for proposal in proposals]).order_by("pk"))
