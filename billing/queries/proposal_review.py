"""One proposal as it is reviewed: the paper, its checks, what changed, notes, and what can be done."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from billing.checks import CheckLine, Finding, Findings, Outcome, outcomes_of
from billing.drafting.build import content_sha256
from billing.models import Proposal, ProposalNote
from billing.queries.changes import changes_of
from billing.queries.checks import REVIEWED
from billing.queries.papers import paper_of
from billing.queries.standing import findings_of
from billing.states import ProposalStatus
from core.models import User
from core.permissions import holds
from core.presentation.formats import day
from core.presentation.paper import Paper
from core.presentation.parts import Activity, Check, Link, Person

CONTENT = CheckLine("content_approved", "Content is what was approved")
CONTENT_MOVED = Finding("The content is not what was approved: return it to draft", tone="bad")


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


def reviewed(proposals: QuerySet[Proposal]) -> QuerySet[Any]:
    """Read with proposals everything their review names."""
    return proposals.select_related(
        *("contract", "contract_version", "billing_account__customer", "legal_entity", "credits"),
        *("prepared_by", "approved_by", "run"),
    ).annotate(has_notes=Exists(ProposalNote.objects.filter(proposal=OuterRef("pk"))))


def proposal_review(
    proposal: Any,
    user: User,
    *,
    findings: Findings | None = None,
    opened: Collection[str] = (),
    address: str = "",
) -> ProposalReview:
    """Return the review of a row of `reviewed`; `address` is the page the paper stands on.

    `findings` are those of `findings_of`, where the caller knows them already.
    """
    lines = list(proposal.lines.order_by("position"))
    changes = changes_of(proposal, lines)
    outcomes = _outcomes(proposal, findings)
    passed = sum(one.finding is None for one in outcomes)
    return ProposalReview(
        proposal=proposal,
        paper=paper_of(proposal, lines, changes, opened=opened, address=address),
        checks=tuple(one.shown for one in outcomes),
        passed=f"{passed} of {len(outcomes)} pass",
        caution=_caution(proposal, outcomes),
        changes=changes.shown,
        changes_title=f"Changed since {changes.since:%B}" if changes.since else "",
        notes=_notes(proposal) if proposal.has_notes else (),
        people=_people(proposal, user),
        may=_may(proposal, user),
    )


def _outcomes(proposal: Proposal, findings: Findings | None) -> list[Outcome]:
    """Return the checks of a proposal, for an approved one also that it still is what was approved."""
    if proposal.status not in REVIEWED:
        # What is on its way to the ERP was checked when it was released.
        return []
    known = findings_of([proposal]) if findings is None else findings
    outcomes = list(outcomes_of(proposal, known))
    if proposal.status == ProposalStatus.APPROVED:
        same = proposal.approved_sha256 == content_sha256(proposal)
        outcomes.append(Outcome(CONTENT, None if same else CONTENT_MOVED))
    return outcomes


def _notes(proposal: Proposal) -> tuple[Activity, ...]:
    notes = proposal.notes.select_related("author").order_by("-created_at")
    return tuple(Activity(note.text, note.created_at, Person(str(note.author))) for note in notes)


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
        "hold": prepares and free and status in REVIEWED,
        "unhold": prepares and not free and status in REVIEWED,
        "submit": prepares and free and status == ProposalStatus.DRAFT,
        "discard": prepares and status == ProposalStatus.DRAFT,
        "redate": prepares and status == ProposalStatus.DRAFT,
        "approve": approves and free and status == ProposalStatus.IN_REVIEW,
        "release": releases and free and status == ProposalStatus.APPROVED,
        "return": decides and status in {ProposalStatus.IN_REVIEW, ProposalStatus.APPROVED},
        "note": decides,
    }
    return frozenset(name for name, yes in allowed.items() if yes)
