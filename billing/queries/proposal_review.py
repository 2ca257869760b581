"""One proposal as it is reviewed: the paper, its checks, what changed, notes, and what can be done."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

import billing.queries.checks  # noqa: F401 - registers billing's own checks
from billing.checks import Outcome, checked
from billing.models import Proposal
from billing.queries.changes import changes_of
from billing.queries.papers import paper_of
from billing.states import ProposalStatus
from core.models import User
from core.permissions import holds
from core.presentation.formats import day
from core.presentation.paper import Paper
from core.presentation.parts import Activity, Check, Link, Person

BEFORE_RELEASE = (ProposalStatus.DRAFT, ProposalStatus.IN_REVIEW, ProposalStatus.APPROVED)


@dataclass(frozen=True)
class Caution:
    """The finding that matters most, with its remedies."""

    title: str
    text: str
    tone: str
    actions: tuple[Link, ...]


@dataclass(frozen=True)
class ProposalReview:
    """What the desk and the side column of a proposal show; `may` names the verbs open to the person."""

    proposal: Proposal
    paper: Paper
    checks: tuple[Check, ...]
    passed: str
    caution: Caution | None
    changes: tuple[Check, ...]
    changes_title: str
    notes: tuple[Activity, ...]
    people: str
    may: frozenset[str]

    @property
    def code(self) -> str:
        return self.proposal.number


def with_parts(proposal_id: UUID) -> Proposal:
    """Read a proposal with everything its review names."""
    related = ("contract", "contract_version", "billing_account__customer", "legal_entity", "credits")
    people = ("prepared_by", "approved_by", "run")
    return Proposal.objects.select_related(*related, *people).get(pk=proposal_id)


def proposal_review(
    proposal: Proposal, user: User, *, opened: Collection[str] = (), address: str = ""
) -> ProposalReview:
    """Return the review of a proposal read by `with_parts`; `address` is the page the paper stands on."""
    lines = list(proposal.lines.order_by("position"))
    changes = changes_of(proposal, lines)
    # What is on its way to the ERP was checked when it was released.
    outcomes = checked([proposal])[proposal.pk] if proposal.status in BEFORE_RELEASE else []
    passed = sum(one.finding is None for one in outcomes)
    return ProposalReview(
        proposal=proposal,
        paper=paper_of(proposal, lines, changes, opened=opened, address=address),
        checks=tuple(one.shown for one in outcomes),
        passed=f"{passed} of {len(outcomes)} pass",
        caution=_caution(proposal, outcomes),
        changes=changes.shown,
        changes_title=f"Changed since {changes.since:%B}" if changes.since else "",
        notes=tuple(
            Activity(note.text, note.created_at, Person(str(note.author)))
            for note in proposal.notes.select_related("author").order_by("-created_at")
        ),
        people=_people(proposal, user),
        may=_may(proposal, user),
    )


def _caution(proposal: Proposal, outcomes: list[Outcome]) -> Caution | None:
    if proposal.on_hold:
        return Caution("On hold", proposal.hold_reason, "hold", ())
    finding = next((one.finding for one in outcomes if one.finding and one.finding.holds_up), None)
    if finding is None or proposal.status != ProposalStatus.DRAFT:
        return None
    actions = (finding.remedy,) if finding.remedy else ()
    return Caution(finding.tag, f"{finding.text}.", finding.tone, actions)


def _people(proposal: Proposal, user: User) -> str:
    """Return who prepared and who approved, in one sentence."""
    if proposal.approved_by and proposal.approved_at:
        on = day(proposal.approved_at.date())
        return f"Prepared by {proposal.prepared_by}, approved by {proposal.approved_by} on {on}."
    if proposal.prepared_by_id == user.pk:
        return "You prepared it, so a second person approves it."
    return f"Prepared by {proposal.prepared_by}, so another person approves it."


def _may(proposal: Proposal, user: User) -> frozenset[str]:
    """Return the verbs that the state allows and the person holds the permission for."""
    entity = proposal.legal_entity_id
    prepares = holds(user, "billing.prepare", entity)
    decides = holds(user, "billing.decide", entity)
    approves = holds(user, "proposal.approve", entity) and proposal.prepared_by_id != user.pk
    releases = holds(user, "proposal.release", entity)
    status, free = proposal.status, not proposal.on_hold
    allowed = {
        "hold": prepares and free and status in BEFORE_RELEASE,
        "unhold": prepares and not free and status in BEFORE_RELEASE,
        "submit": prepares and free and status == ProposalStatus.DRAFT,
        "discard": prepares and status == ProposalStatus.DRAFT,
        "approve": approves and free and status == ProposalStatus.IN_REVIEW,
        "release": releases and free and status == ProposalStatus.APPROVED,
        "return": decides and status in {ProposalStatus.IN_REVIEW, ProposalStatus.APPROVED},
        "note": decides,
    }
    return frozenset(name for name, yes in allowed.items() if yes)
