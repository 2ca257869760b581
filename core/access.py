"""Scope: which rows a person may see, by membership of role and legal entity."""

import uuid
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from core.models import User
from core.permissions import PERMISSIONS, may_use, memberships

M = TypeVar("M", bound=Model)


def scoped(queryset: QuerySet[M], user: User, permission: str, entity_path: str) -> QuerySet[M]:
    """Keep the rows of legal entities for which the user holds the permission.

    `entity_path` leads from the row to its legal entity, such as `contract__legal_entity`. Whoever
    holds the permission nowhere sees nothing; a membership without an entity covers all of them.
    """
    return queryset.filter(entity_filter(user, permission, entity_path))


def entity_filter(user: User, permission: str, entity_path: str) -> Q:
    """Return the condition of `scoped`, for querysets that combine it with others."""
    return within(entities_in_force(user, permission), entity_path)


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
