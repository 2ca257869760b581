"""What projects do when agreements change."""

from core.actors import Actor
from core.models import Event
from core.reactions import reacts_to
from projects.actions.milestones import plan_milestones


@reacts_to("contract.amended")
def plan_amended_milestones(events: list[Event]) -> None:
    """Plan the milestones an amendment adds, and move those it reschedules."""
    for contract_id in dict.fromkeys(event.aggregate_id for event in events):
        plan_milestones(contract_id, actor=Actor.system("projects"))
