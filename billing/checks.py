"""What is checked on a proposal before people approve it; apps to the left add checks of their own.

A look examines many proposals at once, with a fixed number of queries, and reports what it finds.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from billing.models import Proposal
from core.presentation.parts import Check, Link

Look = Callable[[Sequence[Proposal]], Iterable[tuple[UUID, str, "Finding"]]]
Findings = Mapping[UUID, Mapping[str, "Finding"]]


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


def _always(proposal: Proposal) -> bool:
    return True


@dataclass(frozen=True)
class CheckLine:
    """A line of the checks panel, for the proposals it applies to; `passed` is said without a finding."""

    key: str
    passed: str
    order: int = 100
    applies: Callable[[Proposal], bool] = _always


@dataclass(frozen=True)
class Outcome:
    """A check on one proposal; no finding means that it passed."""

    line: CheckLine
    finding: Finding | None

    @property
    def shown(self) -> Check:
        """Return the outcome as a line of the panel."""
        if self.finding is None:
            return Check(self.line.passed)
        result = "failed" if self.finding.holds_up else "warning"
        return Check(self.finding.text, result, self.finding.remedy)


_LINES: dict[str, CheckLine] = {}
_LOOKS: list[Look] = []


def proposal_checks(*lines: CheckLine) -> Callable[[Look], Look]:
    """Register a look and the lines it answers; it reports (proposal, key of the line, finding)."""

    def register(look: Look) -> Look:
        _LINES.update({line.key: line for line in lines})
        _LOOKS.append(look)
        return look

    return register


def look_at(proposals: Sequence[Proposal]) -> Findings:
    """Run every look; the number of queries does not depend on how many proposals there are."""
    found: dict[UUID, dict[str, Finding]] = {proposal.pk: {} for proposal in proposals}
    for look in _LOOKS if proposals else ():
        for proposal_id, key, finding in look(proposals):
            found[proposal_id].setdefault(key, finding)
    return found


def outcomes_of(proposal: Proposal, findings: Findings) -> tuple[Outcome, ...]:
    """Return the checks that apply to a proposal in their order, with what was found."""
    found = findings.get(proposal.pk, {})
    lines = sorted(_LINES.values(), key=lambda line: (line.order, line.key))
    return tuple(Outcome(line, found.get(line.key)) for line in lines if line.applies(proposal))
