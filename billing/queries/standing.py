"""Where a proposal stands in its review: the groups of a run, in the order people work through them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from billing.checks import Findings, look_at, outcomes_of
from billing.models import Proposal
from billing.queries.checks import RERATED, REVIEWED
from billing.states import ProposalKind, ProposalStatus
from core.presentation.vocabulary import word

NEEDS_ATTENTION = "needs_attention"
READY = "ready"
ON_HOLD = "on_hold"
GROUPS = (NEEDS_ATTENTION, READY, ON_HOLD, "in_review", "approved", "releasing", "posted", "discarded")


@dataclass(frozen=True)
class Standing:
    """The group of a proposal, and the short tag beside it."""

    group: str
    tag: str
    tone: str


def findings_of(proposals: Sequence[Proposal]) -> Findings:
    """Return what stands against the proposals that are not with the ERP yet."""
    return look_at([proposal for proposal in proposals if proposal.status in REVIEWED])


def standings(proposals: Sequence[Proposal], findings: Findings) -> dict[UUID, Standing]:
    """Say where each proposal stands."""
    return {proposal.pk: _standing(proposal, findings) for proposal in proposals}


def _standing(proposal: Proposal, findings: Findings) -> Standing:
    if proposal.on_hold and proposal.status != ProposalStatus.DISCARDED:
        return Standing(ON_HOLD, "On hold", "hold")
    if proposal.status != ProposalStatus.DRAFT:
        shown = word(proposal.status, "proposal")
        return Standing(proposal.status, shown.text, shown.tone)
    outcomes = outcomes_of(proposal, findings)
    against = next((one.finding for one in outcomes if one.finding and one.finding.holds_up), None)
    against = against or findings[proposal.pk].get(RERATED)
    if against:
        return Standing(NEEDS_ATTENTION, against.tag, against.tone)
    if proposal.kind == ProposalKind.CREDIT_NOTE:
        return Standing(READY, "Credit note", "ok")
    return Standing(READY, "Ready", "ok")
