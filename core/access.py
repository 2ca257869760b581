"""Scope: which rows a person may see, by membership of role and legal entity."""

import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from core.models import Role, User
from core.permissions import PERMISSIONS, may_use, memberships

M = TypeVar("M", bound=Model)
_own_contracts: list[Callable[[User], QuerySet[Any]]] = []


def narrows_to_contracts(of: Callable[[User], QuerySet[Any]]) -> Callable[[User], QuerySet[Any]]:
    """Register the query of the contract ids whose work a project manager answers for."""
    _own_contracts.append(of)
    return of


def own_contracts(user: User, contract_path: str) -> Q:
    """Return the condition that a row's contract is one whose work the user answers for."""
    own = Q(pk__in=[])
    for of in _own_contracts:
        own |= Q(**{f"{contract_path}__in": of(user)})
    return own


def scoped(queryset: QuerySet[M], user: User, permission: str, entity_path: str) -> QuerySet[M]:
    """Keep the rows of legal entities for which the user holds the permission.

    `entity_path` leads from the row to its legal entity, such as `contract__legal_entity`. Whoever
    holds the permission nowhere sees nothing; a membership without an entity covers all of them.
    """
    return queryset.filter(entity_filter(user, permission, entity_path))


def entity_filter(user: User, permission: str, entity_path: str) -> Q:
    """Return the condition of `scoped`, for querysets that combine it with others."""
    return within(entities_in_force(user, permission), entity_path)


def managed_filter(user: User, permission: str, entity_path: str, own: Q) -> Q:
    """Return the condition of `scoped`, in which the role of project managers reaches only what is `own`."""
    shown = Q(pk__in=[])
    for role, entities in entities_by_role(user, permission).items():
        inside = within(entities, entity_path)
        shown |= inside & own if role == Role.PROJECT_MANAGER else inside
    return shown


def within(entities: "set[uuid.UUID | None]", entity_path: str) -> Q:
    """Return the condition that a row belongs to one of the entities; None stands for every one."""
    if None in entities:
        # Not an empty Q: that would vanish when it is combined by OR, and hide what it should show.
        return ~Q(pk__in=[])
    return Q(**{f"{entity_path}__in": [entity for entity in entities if entity]})


def entities_in_force(user: User, permission: str) -> "set[uuid.UUID | None]":
    """Return the entities where the user holds the permission today; None stands for every one."""
    return set().union(*entities_by_role(user, permission).values())


def entities_by_role(user: User, permission: str) -> "dict[str, set[uuid.UUID | None]]":
    """Return the entities of `entities_in_force` by the role that gives the permission."""
    found: dict[str, set[uuid.UUID | None]] = {}
    if user.is_active and may_use(user, permission):
        for role, entity in memberships(user):
            if role in PERMISSIONS[permission]:
                found.setdefault(role, set()).add(entity)
    return found
