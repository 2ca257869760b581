"""Bearer tokens of service accounts."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated
from rest_framework.request import Request

from core.models import ApiToken, User

USE_NOTED_EVERY = timedelta(minutes=1)


class TokenAuthentication(BaseAuthentication):
    """Take `Authorization: Bearer <token>`; refuse what is unknown, expired or of a disabled account."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """Return the token's user, limited to the token's scopes; None where no bearer token was given."""
        word, _, secret = request.headers.get("Authorization", "").partition(" ")
        if word.lower() != "bearer":
            return None
        token = ApiToken.objects.filter(sha256=ApiToken.digest(secret.strip())).select_related("user").first()
        if token is None:
            raise AuthenticationFailed("This token is not known.", code="token_unknown")
        if token.expires_at <= timezone.now():
            raise AuthenticationFailed("This token has expired: issue a new one.", code="token_expired")
        if not token.user.is_active:
            raise AuthenticationFailed("The account of this token is disabled.", code="account_disabled")
        note_use(token)
        token.user.__dict__["_token_scopes"] = frozenset(token.scopes)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """Name the scheme a 401 asks for."""
        return 'Bearer realm="tieout"'


def caller_of(request: Request) -> User:
    """Return the signed-in caller; refuse anybody else (401)."""
    if not isinstance(request.user, User):
        raise NotAuthenticated("Sign in, or send a bearer token.")
    return request.user


def note_use(token: ApiToken) -> None:
    """Remember when the token was last used, to the minute, so that reads do not write every time."""
    now = timezone.now()
    unnoted = Q(last_used_at=None) | Q(last_used_at__lt=now - USE_NOTED_EVERY)
    ApiToken.objects.filter(unnoted, pk=token.pk).update(last_used_at=now)
