"""Milestones that wait for their sign-off: get the client's answer, or record the signed document."""

from core.fixes import Evidence, Fix, shows, suggests
from core.models import ExceptionItem, User
from core.presentation.formats import money
from core.presentation.parts import Fact, Link
from reporting.queries.addresses import address


@shows("milestone_unsigned")
def waiting_milestone(item: ExceptionItem) -> Evidence:
    """Show since when it waits, and how long it may."""
    told = item.evidence
    facts = (
        Fact("Milestone", str(told["milestone"])),
        Fact("Completed", str(told["completed_on"])),
        Fact("May wait", f"{told['allowed_days']} days"),
    )
    return Evidence("Nothing of what is not accepted can be billed.", facts)


@suggests("milestone_unsigned")
def sign_off_fix(item: ExceptionItem, user: User) -> Fix:
    """Lead to the milestone, where links are made and decisions recorded."""
    effects: tuple[Fact, ...] = ()
    if item.money_at_risk is not None:
        effects = (Fact("Billable once it is accepted", money(item.money_at_risk, item.currency)),)
    return Fix(
        title="Get it signed off",
        text="Send the client a link, or record the document they signed.",
        effects=effects,
        open=Link("Open the milestone", address("milestone", item.evidence["milestone"])),
    )
