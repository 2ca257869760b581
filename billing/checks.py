"""What is checked on a proposal before people approve it; apps to the left add checks of their own.

A check looks at many proposals at once, with a fixed number of queries, and reports what it finds.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from billing.models import Proposal
from core.presentation.parts import Check, Link

Look = Callable[[Sequence[Proposal]], Mapping[UUID, "Finding"]]


@dataclass(frozen=True)
class Finding:
    """What stands against one proposal: in words, as a short tag, and where it is settled.

    `holds_up` puts the proposal under "needs attention"; other findings are remarks.
    """

    text: str
    tag: str = ""
    tone: str = "warn"
    remedy: Link | None = None
    holds_up: bool = True


@dataclass(frozen=True)
class ProposalCheck:
    """One line of the checks panel, for the proposals it `applies` to.

    `costly` ones run only where a single proposal is shown.
    """

    key: str
    passed: str
    look: Look
    order: int
    costly: bool
    applies: Callable[[Proposal], bool]


@dataclass(frozen=True)
class Outcome:
    """A check on one proposal; no finding means that it passed."""

    check: ProposalCheck
    finding: Finding | None

    @property
    def shown(self) -> Check:
        """Return the outcome as a line of the panel."""
        if self.finding is None:
            return Check(self.check.passed)
        result = "failed" if self.finding.holds_up else "warning"
        return Check(self.finding.text, result, self.finding.remedy)


_CHECKS: dict[str, ProposalCheck] = {}


def _always(proposal: Proposal) -> bool:
    return True


def proposal_check(
    key: str,
    *,
    passed: str,
    order: int = 100,
    costly: bool = False,
    applies: Callable[[Proposal], bool] = _always,
) -> Callable[[Look], Look]:
    """Register a check under a key; `passed` is what the panel says when nothing was found."""

    def register(look: Look) -> Look:
        _CHECKS[key] = ProposalCheck(key, passed, look, order, costly, applies)
        return look

    return register


def checked(proposals: Sequence[Proposal]) -> dict[UUID, list[Outcome]]:
    """Run every check over the proposals; the number of queries does not depend on how many there are."""
    outcomes: dict[UUID, list[Outcome]] = {proposal.pk: [] for proposal in proposals}
    for check in sorted(_CHECKS.values(), key=lambda one: (one.order, one.key)):
        if check.costly and len(proposals) != 1:
            continue
        concerned = [proposal for proposal in proposals if check.applies(proposal)]
        found = check.look(concerned) if concerned else {}
        for proposal in concerned:
            outcomes[proposal.pk].append(Outcome(check, found.get(proposal.pk)))
    return outcomes
