"""The context processor behind base.html: navigation, period, preferences; nothing runs until it is drawn."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse

from core.models import User
from core.permissions import holds
from core.presentation.counting import ask_all
from core.presentation.navigation import (
    GROUPS,
    Entry,
    Notifications,
    PeriodRibbon,
    Registry,
    registry,
)
from core.presentation.parts import Person
from core.presentation.preferences import Preferences


@dataclass(frozen=True)
class Place:
    """A navigation entry as this person sees it on this page."""

    entry: Entry
    href: str
    current: bool
    shell: "Shell"

    @property
    def is_counted(self) -> bool:
        return self.entry.count is not None

    @property
    def address(self) -> str:
        """Return where the entry leads: to exactly the rows its number counts, while there are some."""
        return f"{self.href}?{self.entry.counted}" if self.entry.counted and self.count else self.href

    @property
    def count(self) -> int:
        """Return the number shown beside the entry; 0 shows nothing."""
        return self.shell.counts.get(self.entry.key, 0)


@dataclass(frozen=True)
class PlaceGroup:
    """A heading of the navigation with the places the person may open."""

    label: str
    places: list[Place]


class Shell:
    """What base.html draws around a page; each part is computed when the template first asks for it."""

    def __init__(self, request: HttpRequest, source: Registry = registry) -> None:
        self._request = request
        self._source = source

    @cached_property
    def preferences(self) -> Preferences:
        return Preferences.of(self._request.COOKIES)

    @cached_property
    def person(self) -> User | None:
        user: User | AnonymousUser | None = getattr(self._request, "user", None)
        return user if isinstance(user, User) else None

    @cached_property
    def avatar(self) -> Person:
        return Person(str(self.person or ""))

    @cached_property
    def period(self) -> PeriodRibbon | None:
        rows = self._read[1].get("period")
        return (
            self._source.period.ribbon(self._request, rows)
            if self._source.period and rows is not None
            else None
        )

    @cached_property
    def notifications(self) -> Notifications | None:
        known = self.person and self._source.notifications
        return self._source.notifications(self._request) if known and self._source.notifications else None

    @cached_property
    def search_href(self) -> str:
        return reverse(self._source.search_url_name) if self._source.search_url_name else ""

    @cached_property
    def groups(self) -> list[PlaceGroup]:
        """Return the groups with the entries this person may open, the current one marked."""
        if self.person is None:
            return []
        allowed = [(entry, reverse(entry.url_name)) for name in GROUPS for entry in self._allowed(name)]
        current = self._nearest([href for _, href in allowed])
        places = [Place(entry, href, href == current, self) for entry, href in allowed]
        groups = [PlaceGroup(name, [p for p in places if p.entry.group == name]) for name in GROUPS]
        return [group for group in groups if group.places]

    @cached_property
    def counts(self) -> dict[str, int]:
        """Return the numbers beside the entries, all counted at once."""
        return self._read[0]

    @cached_property
    def _read(self) -> tuple[dict[str, int], dict[str, list[dict[str, Any]]]]:
        """Read what the shell shows of the database, the numbers and the months, in one statement."""
        shown = [place.entry for group in self.groups for place in group.places]
        months = self._source.period.rows(self._request) if self.person and self._source.period else None
        return ask_all(
            {entry.key: entry.count(self._request) for entry in shown if entry.count},
            {"period": months} if months is not None else {},
        )

    def _allowed(self, group: str) -> list[Entry]:
        person = self.person
        entries = self._source.group(group)
        return [e for e in entries if not e.permission or (person and holds(person, e.permission))]

    def _nearest(self, hrefs: list[str]) -> str:
        """Return the longest place the page's path lies under; the home page lies under none."""
        return max((href for href in hrefs if self._request.path.startswith(href)), key=len, default="")


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Give every template `shell`; costs nothing on pages and fragments that do not draw it."""
    return {"shell": Shell(request)}
