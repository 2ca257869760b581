"""Issue and revoke the bearer tokens of service accounts."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from core.actors import Actor
from core.errors import Invalid
from core.event_types import TokenIssued, TokenRevoked
from core.events import record
from core.models import ApiToken, User
from core.permissions import PERMISSIONS, require
from core.rows import locked
from core.verbs import verb


class NotAServiceAccount(Invalid):
    """People sign in; only service accounts use tokens."""

    code = "not_a_service_account"


class UnknownScope(Invalid):
    """A scope is the name of a permission."""

    code = "unknown_scope"


@dataclass(frozen=True)
class IssuedToken:
    """A new token with its secret, which is stored nowhere and shown once."""

    token: ApiToken
    secret: str


@verb
def issue_token(
    user_id: uuid.UUID, *, name: str, scopes: Collection[str], expires_at: datetime, actor: Actor
) -> IssuedToken:
    """Issue a token to an active service account; no scopes means every permission the account holds."""
    require(actor, "data.administer")
    user = locked(User, user_id)
    if not user.is_service_account or not user.is_active:
        raise NotAServiceAccount(f"{user} is no active service account.", field="user")
    if unknown := sorted(set(scopes) - set(PERMISSIONS)):
        raise UnknownScope(f"There is no permission {unknown[0]!r}.", field="scopes")
    if expires_at <= timezone.now():
        raise Invalid("The token must expire in the future.", field="expires_at")
    token = ApiToken(user=user, name=name, scopes=sorted(scopes), expires_at=expires_at)
    secret = token.issue()
    token.save()
    record(token, TokenIssued(token.name, token.prefix, user.pk, token.scopes))
    return IssuedToken(token, secret)


@verb
def revoke_token(token_id: uuid.UUID, *, actor: Actor, now: datetime) -> ApiToken:
    """Stop a token from working at once; an expired one stays as it is."""
    require(actor, "data.administer")
    token = locked(ApiToken, token_id)
    if token.expires_at > now:
        token.expires_at = now
        token.save(update_fields=["expires_at"])
        record(token, TokenRevoked(token.name, token.prefix, token.user_id))
    return token
