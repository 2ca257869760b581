"""Who may open a page: signed in, and holding its permission somewhere; queries and verbs check the rest."""

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase

from core.actors import Actor
from core.models import User
from core.permissions import require

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def page(permission: str = "") -> Callable[[View[P]], View[P]]:
    """Open a view to signed-in people who hold the permission for some legal entity."""

    def guard(view: View[P]) -> View[P]:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if permission:
                require(Actor.of(person_of(request)), permission)
            return view(request, *args, **kwargs)

        guarded.__dict__["permission"] = permission
        return cast("View[P]", login_required(guarded))

    return guard


def person_of(request: HttpRequest) -> User:
    """Return the signed-in person of a page that requires one."""
    assert isinstance(request.user, User)
    return request.user
