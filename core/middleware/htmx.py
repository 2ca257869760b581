"""Fragments and pages share their URLs: keep them apart in caches, tell of changes, lead to the login."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect

from core.presentation.changes import tell_change


class FragmentMiddleware:
    """Mark HTML answers as private to one request kind, tell of changes, make a login redirect whole-page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(request, "htmx", False) and _leads_to_login(response):
            return HttpResponseClientRedirect(_login_for(request))
        if getattr(request, "htmx", False) and _changed_something(request, response):
            tell_change(response)
        if response.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ["HX-Request"])
            response["Cache-Control"] = "no-store"
        return response


def _changed_something(request: HttpRequest, response: HttpResponse) -> bool:
    """Say whether a post went well: what it changed may show elsewhere on the page."""
    return request.method == "POST" and 200 <= response.status_code < 300


def _leads_to_login(response: HttpResponse) -> bool:
    if response.status_code not in {301, 302, 303, 307}:
        return False
    return urlsplit(response["Location"]).path == resolve_url(settings.LOGIN_URL)


def _login_for(request: HttpRequest) -> str:
    """Return the login page that leads back to the page on screen, not to the fragment's address."""
    page = getattr(getattr(request, "htmx", None), "current_url_abs_path", None) or "/"
    return str(redirect_to_login(page).url)
