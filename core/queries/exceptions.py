"""Which exception items a person sees, in which saved views."""

from datetime import date

from django.db.models import Q, QuerySet

from core.access import entities_by_role, own_contracts, within
from core.exceptions import OPEN_STATES
from core.models import ExceptionItem, Role, User

ERP_REJECTIONS = ("erp_rejected", "customer_incomplete", "period_closed", "delivery_dead", "outcome_unknown")


def visible_exceptions(user: User) -> QuerySet[ExceptionItem]:
    """Return the items of the person's legal entities; a project manager's own contracts and items only.

    Items of no legal entity are seen by everybody who sees all items of some entity.
    """
    shown = Q(pk__in=[])
    for role, entities in entities_by_role(user, "exception.view").items():
        inside = within(entities, "legal_entity")
        if role == Role.PROJECT_MANAGER:
            shown |= inside & (Q(owner=user) | own_contracts(user, "contract_id"))
        else:
            shown |= inside | Q(legal_entity=None)
    return ExceptionItem.objects.filter(shown)


def awake(items: QuerySet[ExceptionItem], on: date) -> QuerySet[ExceptionItem]:
    """Keep the open items that are not put aside on the day."""
    return items.filter(state__in=OPEN_STATES).exclude(snoozed_until__gt=on)
