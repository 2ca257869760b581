"""What this person can do next with a run: send for approval, approve, or release to the ERP."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from billing.models import BillingRun, Proposal
from billing.queries.standing import NEEDS_ATTENTION, READY, Standing
from billing.queries.totals import Totals
from billing.states import ProposalStatus, RunStatus
from core.models import User
from core.permissions import holds

SUBMIT, APPROVE, RELEASE = "submit", "approve", "release"
BUTTONS = {
    SUBMIT: "Send {count} for approval",
    APPROVE: "Approve {count}",
    RELEASE: "Release {count} to the ERP",
}
OTHERS = {SUBMIT: "{count} to send", APPROVE: "{count} to approve", RELEASE: "{count} to release"}
READY_TEXTS = {SUBMIT: "{count} ready", APPROVE: "{count} awaiting approval", RELEASE: "{count} approved"}


@dataclass(frozen=True)
class OtherStep:
    """A further step the person could take on this run instead."""

    key: str
    label: str


@dataclass(frozen=True)
class NextStep:
    """The step the page offers, on which proposals, and why it cannot be done now (`reason`).

    `seen` names the version of each proposal that the page shows, for the step to hold against.
    """

    key: str
    possible: frozenset[UUID]
    suggested: frozenset[UUID]
    totals: Totals
    sentence: str
    reason: str = ""
    others: tuple[OtherStep, ...] = ()
    chosen: bool = False
    seen: tuple[str, ...] = ()

    @property
    def parameter(self) -> str:
        """Return the part of the address that keeps a step the person chose."""
        return f"&do={self.key}" if self.chosen else ""

    @property
    def button(self) -> str:
        """Return the button's text; it names no number while nothing is ticked."""
        return " ".join(self.pattern.format(len(self.suggested) or "").split())

    @property
    def pattern(self) -> str:
        """Return the button's text with a place for the number of ticked proposals."""
        return BUTTONS[self.key].format(count="{}") if self.key else ""

    @property
    def ready_text(self) -> str:
        """Return how many proposals are ready for the step; where none is, that they are looked at first."""
        if not self.key:
            return ""
        if not self.totals.count:
            left = len(self.possible)
            return f"{left} need{'' if left > 1 else 's'} attention"
        return READY_TEXTS[self.key].format(count=self.totals.count)


def next_step(
    run: BillingRun,
    proposals: Sequence[Proposal],
    stand: Mapping[UUID, Standing],
    user: User,
    doing: str = "",
) -> NextStep:
    """Return the step to offer: the one chosen, else the first that proposals are ready for."""
    found = {key: _proposals_for(key, run, proposals, stand, user) for key in (APPROVE, SUBMIT, RELEASE)}
    ready = {
        key: [one for one in ones if stand[one.pk].group != NEEDS_ATTENTION] for key, ones in found.items()
    }
    open_steps = [key for key, ones in found.items() if ones]
    if not open_steps:
        return _waiting(run, proposals, user)
    # What needs attention first never stands before what can go on now.
    first = next((key for key in open_steps if ready[key]), open_steps[0])
    key = doing if doing in open_steps else first
    possible, suggested = found[key], ready[key]
    return NextStep(
        key=key,
        possible=frozenset(one.pk for one in possible),
        suggested=frozenset(one.pk for one in suggested),
        totals=_totals(run, suggested),
        sentence=_sentence(key, run, user),
        others=tuple(
            OtherStep(other, OTHERS[other].format(count=len(found[other])))
            for other in open_steps
            if other != key
        ),
        chosen=doing == key,
        seen=tuple(f"{one.pk}:{one.version}" for one in possible),
    )


def _proposals_for(
    key: str,
    run: BillingRun,
    proposals: Sequence[Proposal],
    stand: Mapping[UUID, Standing],
    user: User,
) -> list[Proposal]:
    """Return what the person may take the step with; nobody approves what they prepared."""
    permission = {SUBMIT: "billing.prepare", APPROVE: "proposal.approve", RELEASE: "proposal.release"}[key]
    if run.status != RunStatus.COMPLETED or not holds(user, permission, run.legal_entity_id):
        return []
    if key == SUBMIT:
        return [one for one in proposals if stand[one.pk].group in {READY, NEEDS_ATTENTION}]
    state = ProposalStatus.IN_REVIEW if key == APPROVE else ProposalStatus.APPROVED
    free = [one for one in proposals if one.status == state and not one.on_hold]
    return [one for one in free if key == RELEASE or one.prepared_by_id != user.pk]


def _waiting(run: BillingRun, proposals: Sequence[Proposal], user: User) -> NextStep:
    """Return the approval others have to give, with the reason why this person cannot."""
    in_review = [one for one in proposals if one.status == ProposalStatus.IN_REVIEW and not one.on_hold]
    if run.status != RunStatus.COMPLETED or not in_review:
        return NextStep("", frozenset(), frozenset(), _totals(run, []), "")
    own = any(one.prepared_by_id == user.pk for one in in_review)
    sentence = (
        "You prepared this run, so a second person approves it." if own else "A finance lead approves it."
    )
    waiting = frozenset(one.pk for one in in_review)
    return NextStep(APPROVE, frozenset(), waiting, _totals(run, in_review), sentence, reason=sentence)


def _sentence(key: str, run: BillingRun, user: User) -> str:
    if key == SUBMIT:
        if run.prepared_by_id == user.pk:
            return "You prepared this run, so a second person approves it."
        return "Who sends a proposal becomes its preparer, so a second person approves it."
    if key == APPROVE:
        return f"Prepared by {run.prepared_by}; you approve what stands there now."
    return "What the ERP has taken is never undone: it is credited and billed anew."


def _totals(run: BillingRun, proposals: Sequence[Proposal]) -> Totals:
    rows = ((one.currency, one.net, one.net_base) for one in proposals)
    return Totals.of(rows, run.legal_entity.base_currency_id)
