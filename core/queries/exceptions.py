"""Which exception items a person sees, in which saved views."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from core.access import entities_by_role, within
from core.exceptions import OPEN_STATES
from core.models import ExceptionItem, Role, User

ERP_REJECTIONS = ("erp_rejected", "customer_incomplete", "period_closed", "delivery_dead", "outcome_unknown")

_own_contracts: list[Callable[[User], QuerySet[Any]]] = []


def narrows_to_contracts(of: Callable[[User], QuerySet[Any]]) -> Callable[[User], QuerySet[Any]]:
    """Register the query of the contract ids whose work a project manager answers for."""
    _own_contracts.append(of)
    return of


def visible_exceptions(user: User) -> QuerySet[ExceptionItem]:
    """Return the items of the person's legal entities; a project manager's own contracts and items only.

    Items of no legal entity are seen by everybody who sees all items of some entity.
    """
    shown = Q(pk__in=[])
    for role, entities in entities_by_role(user, "exception.view").items():
        inside = within(entities, "legal_entity")
        if role == Role.PROJECT_MANAGER:
            shown |= inside & _own(user)
        else:
            shown |= inside | Q(legal_entity=None)
    return ExceptionItem.objects.filter(shown)


def _own(user: User) -> Q:
    mine = Q(owner=user)
    for of in _own_contracts:
        mine |= Q(contract_id__in=of(user))
    return mine


def awake(items: QuerySet[ExceptionItem], on: date) -> QuerySet[ExceptionItem]:
    """Keep the open items that are not put aside on the day."""
    return items.filter(state__in=OPEN_STATES).exclude(snoozed_until__gt=on)
