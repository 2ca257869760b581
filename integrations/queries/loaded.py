"""Whether everything a contract's terms need for delivery and billing stands here."""

from contracts.actions.readiness import shortcomings
from contracts.models import Contract, MilestoneTerm
from contracts.states import VersionStatus
from core.errors import Refusal
from projects.actions.workstreams import delivered_lines


class TermsNotLoaded(Refusal):
    """Something the terms agree has no counterpart that could be delivered or billed."""

    code = "terms_not_loaded"


def check_loaded(contract: Contract) -> dict[str, object]:
    """Return how many lines and payers stand ready; refuse with a sentence for everything missing."""
    version = contract.versions.filter(status=VersionStatus.APPROVED).order_by("-number").first()
    if version is None:
        raise TermsNotLoaded(f"{contract.code} has no approved terms.", field="version")
    delivered = delivered_lines(contract)
    lines = list(version.lines.order_by("position", "key"))
    gaps = [f"Line {line.name} has no project." for line in lines if line.key not in delivered]
    planned = set(contract.milestones.values_list("contract_line_key", "term_key"))
    terms = list(MilestoneTerm.objects.filter(line__contract_version=version).select_related("line"))
    gaps += [
        f"Milestone {one.name} is not planned." for one in terms if (one.line.key, one.key) not in planned
    ]
    gaps += [one.sentence for one in shortcomings(version) if one.blocks]
    if gaps:
        raise TermsNotLoaded(" ".join(gaps), field="lines")
    return {
        "version": version.number,
        "lines": len(lines),
        "milestones": len(terms),
        "payers": version.payers.count(),
    }
