"""Questions about deals. Never writes."""

from django.db.models import Q, QuerySet

from contracts.models import Deal, FieldConflict
from contracts.states import DealState
from core.access import entities_in_force, within
from core.models import Event, User


def visible_deals(user: User) -> QuerySet[Deal]:
    """Return the deals of the person's entities, and those of which nobody knows the entity yet."""
    entities = entities_in_force(user, "deal.view")
    if not entities:
        return Deal.objects.none()
    return Deal.objects.filter(within(entities, "legal_entity") | Q(legal_entity=None))


def incomplete_deals(user: User) -> QuerySet[Deal]:
    """Return the visible deals that lack something."""
    return visible_deals(user).filter(state=DealState.INCOMPLETE)


def open_conflicts(deal: Deal) -> QuerySet[FieldConflict]:
    """Return the fields of a deal on which both sides differ."""
    return FieldConflict.objects.filter(deal=deal, kept="").order_by("field")


def activity_of_deal(deal: Deal) -> QuerySet[Event]:
    """Return the events of a deal, newest first."""
    return Event.objects.filter(aggregate_type="contracts.deal", aggregate_id=deal.pk).order_by("-seq")
