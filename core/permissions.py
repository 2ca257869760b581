"""Which role may do what. One table; verbs ask it by permission and legal entity."""

import uuid
from datetime import date

from django.db.models import Q
from django.utils import timezone

from core.actors import Actor
from core.errors import Forbidden
from core.models import LegalEntity, Membership, Role, User

_EVERYBODY = frozenset(Role.values)
_FINANCE = frozenset({Role.FINANCE, Role.FINANCE_LEAD})
_DELIVERY = frozenset({Role.PROJECT_MANAGER, Role.PMO})
_READERS = frozenset({Role.AUDITOR, Role.EXECUTIVE})
_SUPPORT = frozenset({Role.INTEGRATION_SUPPORT})
_STEWARD = frozenset({Role.DATA_STEWARD})

PERMISSIONS: dict[str, frozenset[str]] = {
    "entity.view": _EVERYBODY,
    "event.view": _READERS | _SUPPORT | _STEWARD | {Role.FINANCE_LEAD},
    "exception.view": _EVERYBODY - {Role.CONSULTANT},
    "exception.work": _FINANCE | _DELIVERY | _SUPPORT | _STEWARD,
    "period.view": _EVERYBODY - {Role.CONSULTANT},
    "period.close": _FINANCE,
    "period.reopen": frozenset({Role.FINANCE_LEAD}),
    "contract.view": _EVERYBODY - {Role.CONSULTANT},
    "contract.edit": _FINANCE | {Role.PMO, Role.DATA_STEWARD},
    "contract.approve": frozenset({Role.FINANCE_LEAD, Role.PMO}),
    "customer.edit": _FINANCE | _STEWARD,
    "deal.view": _FINANCE | _READERS | _SUPPORT | _STEWARD | {Role.PMO},
    "deal.edit": _FINANCE | _STEWARD | {Role.PMO},
    "deal.intake": _FINANCE | _SUPPORT | {Role.PMO},
    "rate.view": _EVERYBODY - {Role.CONSULTANT},
    "rate.edit": _FINANCE | {Role.PMO, Role.DATA_STEWARD},
    "project.view": _EVERYBODY,
    "project.view_all": _EVERYBODY - {Role.CONSULTANT, Role.PROJECT_MANAGER},
    "project.edit": _DELIVERY | _STEWARD,
    "project.edit_all": _STEWARD | {Role.PMO},
    "milestone.view": _EVERYBODY - {Role.CONSULTANT},
    "milestone.sign": frozenset({Role.PMO}),
    "worker.view": _EVERYBODY - {Role.CONSULTANT},
    "worker.view_cost": _FINANCE | _READERS | _STEWARD | {Role.PMO},
    "worker.edit": _STEWARD | {Role.PMO},
    "time.enter": _EVERYBODY - _READERS,
    "time.enter_for_others": _DELIVERY | _SUPPORT | _STEWARD,
    "time.view": _EVERYBODY,
    "time.approve": _DELIVERY,
    "expense.enter": _EVERYBODY - _READERS,
    "expense.enter_for_others": _DELIVERY | _SUPPORT | _STEWARD,
    "expense.view": _EVERYBODY,
    "expense.approve": _DELIVERY,
    "charge.view": _EVERYBODY - {Role.CONSULTANT},
    "billing.prepare": _FINANCE,
    "billing.decide": _FINANCE | _DELIVERY,
    "run.view": _FINANCE | _READERS | _SUPPORT | {Role.PMO},
    "proposal.view": _FINANCE | _DELIVERY | _READERS | _SUPPORT,
    "proposal.approve": frozenset({Role.FINANCE_LEAD}),
    "proposal.release": _FINANCE,
    "reconciliation.view": _FINANCE | _READERS | _SUPPORT,
    "reconciliation.work": _FINANCE,
    "integration.view": _SUPPORT | _FINANCE | _READERS,
    "integration.work": _SUPPORT,
    "process.view": _FINANCE | _READERS | _SUPPORT | _STEWARD | {Role.PMO},
    "process.work": _FINANCE | _SUPPORT | _STEWARD | {Role.PMO},
    "trace.view": _EVERYBODY - {Role.CONSULTANT},
    "data.administer": _STEWARD,
}


def roles_for(permission: str) -> frozenset[str]:
    """Return the roles that hold a permission."""
    return PERMISSIONS[permission]


def memberships(user: User, on: date | None = None) -> "list[tuple[str, uuid.UUID | None]]":
    """Return the user's (role, legal entity) pairs in force on a day; None means every entity."""
    cached: list[tuple[str, uuid.UUID | None]] | None = getattr(user, "_memberships", None)
    if cached is None or on is not None:
        day = on or timezone.localdate()
        rows = Membership.objects.filter(user=user, valid__contains=day)
        cached = list(rows.values_list("role", "legal_entity_id"))
        if on is None:
            user.__dict__["_memberships"] = cached
    return cached


def may_use(user: User, permission: str) -> bool:
    """Say whether the token the user came with, if any, allows the permission; no scopes allow all."""
    scopes: frozenset[str] = user.__dict__.get("_token_scopes", frozenset())
    return not scopes or permission in scopes


def holds(user: User, permission: str, legal_entity_id: uuid.UUID | None = None) -> bool:
    """Say whether the user holds the permission, for this entity or, without one, for any."""
    if not user.is_active or not may_use(user, permission):
        return False
    roles = PERMISSIONS[permission]
    return any(
        role in roles and (legal_entity_id is None or entity is None or entity == legal_entity_id)
        for role, entity in memberships(user)
    )


def require(actor: Actor, permission: str, legal_entity_id: uuid.UUID | None = None) -> None:
    """Refuse unless the actor holds the permission for the legal entity; the system holds them all."""
    if actor.user is None or holds(actor.user, permission, legal_entity_id):
        return
    needed = ", ".join(sorted(role.replace("_", " ") for role in PERMISSIONS[permission]))
    raise Forbidden(f"You may not do this here: it takes the role {needed} for this legal entity.")


def visible_entities(user: User, permission: str) -> Q:
    """Return the filter on LegalEntity for the entities where the user holds the permission."""
    if not user.is_active or not may_use(user, permission):
        return Q(pk__in=[])
    entities = [entity for role, entity in memberships(user) if role in PERMISSIONS[permission]]
    return Q() if None in entities else Q(pk__in=entities)


def entities_of(user: User, permission: str) -> "list[uuid.UUID]":
    """Return the ids of the legal entities where the user holds the permission."""
    return list(LegalEntity.objects.filter(visible_entities(user, permission)).values_list("pk", flat=True))
