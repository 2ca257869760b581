"""Where a proposal stands in its review: the groups of a run, in the order people work through them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import billing.queries.checks  # noqa: F401 - registers billing's own checks
from billing.checks import Outcome, checked
from billing.models import Proposal
from billing.queries.changes import rerated
from billing.states import ProposalKind, ProposalStatus
from core.presentation.vocabulary import word

NEEDS_ATTENTION = "needs_attention"
READY = "ready"
ON_HOLD = "on_hold"
GROUPS = (NEEDS_ATTENTION, READY, ON_HOLD, "in_review", "approved", "releasing", "posted", "discarded")


@dataclass(frozen=True)
class Standing:
    """The group of a proposal, the short tag beside it, and the outcome of its checks."""

    group: str
    tag: str
    tone: str
    outcomes: tuple[Outcome, ...] = ()


def standings(proposals: Sequence[Proposal]) -> dict[UUID, Standing]:
    """Say where each proposal stands; the number of queries does not depend on how many there are."""
    drafts = [one for one in proposals if one.status == ProposalStatus.DRAFT and not one.on_hold]
    outcomes = checked(drafts)
    changed = rerated(one.pk for one in drafts) if drafts else frozenset()
    return {
        proposal.pk: _standing(proposal, outcomes.get(proposal.pk, []), proposal.pk in changed)
        for proposal in proposals
    }


def _standing(proposal: Proposal, outcomes: list[Outcome], changed: bool) -> Standing:
    kept = tuple(outcomes)
    if proposal.on_hold and proposal.status != ProposalStatus.DISCARDED:
        return Standing(ON_HOLD, "On hold", "hold", kept)
    if proposal.status != ProposalStatus.DRAFT:
        shown = word(proposal.status, "proposal")
        return Standing(proposal.status, shown.text, shown.tone, kept)
    against = next((one.finding for one in outcomes if one.finding and one.finding.holds_up), None)
    if against:
        return Standing(NEEDS_ATTENTION, against.tag, against.tone, kept)
    if changed:
        return Standing(NEEDS_ATTENTION, "Re-rated", "info", kept)
    if proposal.kind == ProposalKind.CREDIT_NOTE:
        return Standing(READY, "Credit note", "ok", kept)
    return Standing(READY, "Ready", "ok", kept)
