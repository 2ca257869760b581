"""Questions about messages to other systems."""

from django.db.models import Exists, OuterRef, QuerySet

from billing.models import Proposal
from billing.states import ProposalStatus
from core.access import scoped
from core.exceptions import OPEN_STATES
from core.models import ExceptionItem, User
from integrations.models import Delivery

UNFINISHED = ("pending", "leased", "retry", "unknown", "rejected", "dead")
IN_FLIGHT = ("pending", "leased", "retry", "unknown")
STUCK = ("rejected", "dead")


def visible_deliveries(user: User) -> QuerySet[Delivery]:
    """Return the messages about legal entities the user looks after."""
    return scoped(Delivery.objects.all(), user, "integration.view", "legal_entity")


def unrouted_proposals() -> QuerySet[Proposal]:
    """Return released proposals that found no route and still wait for one."""
    waiting = ExceptionItem.objects.filter(
        code="mapping_missing",
        object_type="billing.proposal",
        object_id=OuterRef("pk"),
        state__in=OPEN_STATES,
    )
    return Proposal.objects.filter(Exists(waiting), status=ProposalStatus.RELEASING).order_by("pk")
