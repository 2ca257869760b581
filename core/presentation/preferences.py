"""How a person wants to see the product: kept in cookies, so that the server renders it at once."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

YEAR_IN_SECONDS = 365 * 24 * 3600
# preference: its values, the first being the default
CHOICES: dict[str, tuple[str, ...]] = {
    "theme": ("auto", "light", "dark"),
    "density": ("comfortable", "compact"),
    "shortcuts": ("on", "off"),
}


@dataclass(frozen=True)
class Preferences:
    """Theme, row density and whether single-key shortcuts work (WCAG 2.1.4)."""

    theme: str = "auto"
    density: str = "comfortable"
    shortcuts: str = "on"

    @classmethod
    def of(cls, cookies: Mapping[str, str]) -> "Preferences":
        """Read the cookies; anything unknown is the default."""
        chosen = {name: cookies.get(name, "") for name in CHOICES}
        return cls(**{name: value for name, value in chosen.items() if value in CHOICES[name]})


@require_POST
def set_preferences(request: HttpRequest) -> HttpResponse:
    """Keep the posted preferences for a year; refuse unknown values; go back to where one was."""
    posted = {name: request.POST[name] for name in CHOICES if name in request.POST}
    if not posted or any(value not in CHOICES[name] for name, value in posted.items()):
        return HttpResponseBadRequest("Unknown preference.")
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    fragment = bool(getattr(request, "htmx", False))
    response = HttpResponse(status=204) if fragment else HttpResponseRedirect(target)
    for name, value in posted.items():
        response.set_cookie(
            name,
            value,
            max_age=YEAR_IN_SECONDS,
            samesite="Lax",
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response
