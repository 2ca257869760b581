"""May this be done now, and by this person: predicates that refuse with a sentence."""

from core.actors import Actor
from core.errors import Forbidden, Refusal
from core.models import User
from core.permissions import holds, require
from integrations.models import Break, Delivery
from integrations.states import DeliveryState

# Refusals about the state of the other system or of master data: the document itself may stay as it is.
WAITS_FOR_THE_OTHER_SIDE = frozenset(
    {
        "customer_incomplete",
        "customer_blocked",
        "customer_unknown",
        "period_closed",
        "company_unknown",
        "tax_code_unknown",
        "currency_not_allowed",
    }
)


class NotReplayable(Refusal):
    """The message was given up or replaced; sending it again would contradict that."""

    code = "not_replayable"


class ExistsThere(Refusal):
    """The system holds the document already."""

    code = "exists_there"


class SamePerson(Refusal):
    """A difference is accepted by somebody other than the one who proposed it."""

    code = "same_person"


def may_work_on(user: User, delivery: Delivery) -> bool:
    """Say whether the person looks after integrations, or releases proposals of the legal entity."""
    entity = delivery.legal_entity_id
    return holds(user, "integration.work", entity) or holds(user, "proposal.release", entity)


def require_delivery_work(actor: Actor, delivery: Delivery) -> None:
    """Refuse unless the actor may work on the message."""
    if actor.user is None or may_work_on(actor.user, delivery):
        return
    require(actor, "integration.work", delivery.legal_entity_id)


def require_replayable(delivery: Delivery) -> None:
    """Refuse a message that was waived or superseded."""
    if delivery.state in {DeliveryState.WAIVED, DeliveryState.SUPERSEDED}:
        raise NotReplayable(
            f"{delivery} was {delivery.state}: release the document again instead.", field="state"
        )


def require_nothing_there(delivery: Delivery) -> None:
    """Refuse to give up a message whose document is known to exist in the system."""
    if delivery.result.get("number"):
        raise ExistsThere(
            f"{delivery.result['number']} exists in {delivery.system}: send it again so that it gets posted.",
            field="state",
        )


def require_second_person(actor: Actor, difference: Break) -> None:
    """Refuse acceptance by the person who proposed it."""
    if actor.user_id == difference.proposed_by_id:
        raise SamePerson("You proposed this explanation: another person has to accept it.", field="actor")
    if actor.user is None:
        raise Forbidden("A difference is accepted by a person.")


def hands_back(code: str) -> bool:
    """Say whether a refusal with this code means that our document has to be changed first."""
    return code not in WAITS_FOR_THE_OTHER_SIDE
