"""Read-only requests run in one short read-only transaction, in which the actor's settings hold."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core.actors import Actor
from core.verbs import reading


class ActorMiddleware:
    """Attribute what a request does to the signed-in person, and keep reads from writing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = getattr(request, "user", None)
        if request.method not in {"GET", "HEAD"} or user is None or not user.is_authenticated:
            return self.get_response(request)
        if request.path.startswith("/admin/"):
            return self.get_response(request)
        with reading(Actor.of(user)):
            return self.get_response(request)
