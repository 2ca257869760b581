import re
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django_htmx.middleware import HtmxDetails

from core.middleware.htmx import FragmentMiddleware
from core.models import Membership, Role, User
from core.presentation.context import Shell
from core.presentation.navigation import Entry, PeriodRibbon, PeriodSource, Registry
from core.presentation.preferences import Preferences
from tests.factories import ExceptionItemFactory, MembershipFactory, UserFactory
from tests.personas import page_client


def entry(key: str, url_name: str = "login", **more: Any) -> Entry:
    return Entry(key=key, group="Work", label=key.title(), url_name=url_name, icon="home", **more)


def request_of(user: User | AnonymousUser, path: str = "/", **headers: str) -> HttpRequest:
    request = RequestFactory().get(path, headers=headers)
    request.user = user
    request.htmx = HtmxDetails(request)  # type: ignore[attr-defined]
    return request


@pytest.mark.django_db
def test_people_see_the_places_their_roles_open() -> None:
    registry = Registry()
    registry.add(entry("open to all"), entry("rates", permission="rate.view"))
    consultant = MembershipFactory.create(role=Role.CONSULTANT).user
    finance = MembershipFactory.create(role=Role.FINANCE).user

    def places(user: User | AnonymousUser) -> list[str]:
        groups = Shell(request_of(user), registry).groups
        return [place.entry.key for group in groups for place in group.places]

    assert places(consultant) == ["open to all"]
    assert places(finance) == ["open to all", "rates"]
    assert places(AnonymousUser()) == []


@pytest.mark.django_db
def test_counts_are_asked_once_and_only_when_drawn() -> None:
    asked: list[str] = []

    def count(request: HttpRequest) -> int:
        asked.append(request.path)
        return 47

    registry = Registry()
    registry.add(entry("exceptions", count=count, urgent=True))
    shell = Shell(request_of(UserFactory.create(), "/work/"), registry)
    assert asked == []
    drawn = render_to_string("shell/navigation.html", {"shell": shell})
    render_to_string("shell/navigation.html", {"shell": shell})
    assert '<span class="n is-hot" id="count-exceptions">47</span>' in drawn
    assert asked == ["/work/"]


@pytest.mark.django_db
def test_the_nearest_place_is_the_current_one() -> None:
    registry = Registry()
    registry.add(entry("in", "login"), entry("out", "logout"))
    shell = Shell(request_of(UserFactory.create(), resolve_url("login") + "help/"), registry)
    assert [(place.entry.key, place.current) for place in shell.groups[0].places] == [
        ("in", True),
        ("out", False),
    ]


@pytest.mark.django_db
def test_the_period_is_asked_for_people_only() -> None:
    ribbon = PeriodRibbon("November 2026", closed=True)
    source = PeriodSource(lambda request: Membership.objects.values("role"), lambda request, rows: ribbon)
    registry = Registry(period=source)
    assert Shell(request_of(AnonymousUser()), registry).period is None
    assert Shell(request_of(UserFactory.create()), registry).period == ribbon


def test_the_navigation_refuses_what_would_collide() -> None:
    registry = Registry()
    registry.add(entry("exceptions", shortcut="E"))
    registry.add(entry("exceptions", shortcut="E"))
    with pytest.raises(ValueError, match="already has an entry"):
        registry.add(entry("exceptions", shortcut="X"))
    with pytest.raises(ValueError, match="belongs to 'exceptions'"):
        registry.add(entry("entries", shortcut="E"))
    with pytest.raises(ValueError, match="none of the groups"):
        registry.add(Entry("lost", "Nowhere", "Lost", "login", "home"))
    assert list(registry.entries) == ["exceptions"]


def test_unknown_cookies_are_the_default() -> None:
    assert Preferences.of({"theme": "dark", "density": "huge"}) == Preferences(theme="dark")
    assert Preferences.of({}) == Preferences("auto", "comfortable", "on")


def test_preferences_are_kept_in_cookies(client: Client) -> None:
    answer = client.post("/preferences/", {"theme": "dark", "shortcuts": "off", "next": "/exceptions/"})
    assert answer.headers["Location"] == "/exceptions/"
    assert {name: morsel.value for name, morsel in answer.cookies.items()} == {
        "theme": "dark",
        "shortcuts": "off",
    }


@pytest.mark.parametrize("posted", [{"theme": "pink"}, {}, {"theme": "dark", "density": "huge"}])
def test_unknown_preferences_are_refused_and_nothing_is_kept(client: Client, posted: dict[str, str]) -> None:
    answer = client.post("/preferences/", posted)
    assert (answer.status_code, dict(answer.cookies)) == (400, {})


def test_preferences_never_send_people_elsewhere(client: Client) -> None:
    answer = client.post("/preferences/", {"theme": "dark", "next": "https://elsewhere.example/"})
    assert answer.headers["Location"] == "/"


def test_html_is_never_cached_across_fragments() -> None:
    html = FragmentMiddleware(lambda request: HttpResponse("<p>"))(request_of(AnonymousUser()))
    data = FragmentMiddleware(lambda request: JsonResponse({}))(request_of(AnonymousUser()))
    assert (html["Vary"], html["Cache-Control"]) == ("HX-Request", "no-store")
    assert "Vary" not in data
    assert "Cache-Control" not in data


@pytest.mark.parametrize(
    ("method", "status", "told"),
    [
        ("POST", 200, True),
        ("POST", 204, True),
        ("POST", 422, False),
        ("POST", 409, False),
        ("GET", 200, False),
    ],
)
def test_a_page_is_told_when_a_post_went_well(method: str, status: int, told: bool) -> None:
    request = request_of(AnonymousUser(), **{"HX-Request": "true"})
    request.method = method
    answer = FragmentMiddleware(lambda request: HttpResponse(status=status))(request)
    assert ("stateChanged" in answer.get("HX-Trigger", "")) == told
    request = request_of(AnonymousUser())
    request.method = method
    assert "HX-Trigger" not in FragmentMiddleware(lambda request: HttpResponse(status=status))(request)


@pytest.mark.django_db
def test_the_counts_are_a_fragment_of_the_navigation() -> None:
    ExceptionItemFactory.create()
    client = page_client(MembershipFactory.create(role=Role.FINANCE).user)
    assert client.get("/navigation/")["Location"] == "/"
    counts = client.get("/navigation/", headers={"HX-Request": "true"}).content.decode()
    assert '<span class="n is-hot" id="count-exceptions" hx-swap-oob="true">1</span>' in counts
    assert set(re.findall(r'id="count-(\w+)" hx-swap-oob', counts)) == {
        *("exceptions", "milestones", "billing_runs", "proposals", "decisions", "reconciliation"),
        *("processes", "integrations", "deals"),
    }
    assert 'id="count-exceptions">1</span>' in client.get("/exceptions/").content.decode()


def test_a_fragment_request_without_login_leaves_for_the_login_page() -> None:
    def lost(request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(resolve_url("login") + "?next=/exceptions/%3Fitem%3D1")

    fragment = request_of(
        AnonymousUser(),
        "/exceptions/?item=1",
        **{"HX-Request": "true", "HX-Current-URL": "http://testserver/exceptions/?q=rail"},
    )
    left = FragmentMiddleware(lost)(fragment)
    assert (left.status_code, left["HX-Redirect"]) == (200, "/login/?next=/exceptions/%3Fq%3Drail")
    whole = FragmentMiddleware(lost)(request_of(AnonymousUser(), "/exceptions/"))
    assert (whole.status_code, whole["Location"]) == (302, "/login/?next=/exceptions/%3Fitem%3D1")


def test_the_login_page_keeps_the_strict_policy_and_draws_no_shell(client: Client) -> None:
    answer = client.get("/login/", headers={"cookie": "theme=dark"})
    page = answer.content.decode()
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert "style=" not in page
    assert "<script>" not in page
    assert 'data-theme="dark"' in page
    assert 'id="nav"' not in page


def test_the_admin_sends_people_to_the_one_sign_in_page(client: Client) -> None:
    answer = client.get("/admin/login/?next=/admin/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/login/?next=/admin/")
