"""What the shell shows, registered by the apps in `AppConfig.ready()`; the shell itself names no app."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from core.presentation.counting import Countable

GROUPS = ("Work", "Bill", "Agreements", "Understand")
Count = Callable[[HttpRequest], Countable]


@dataclass(frozen=True)
class Entry:
    """One place in the navigation.

    `permission` hides it from people who hold it nowhere; `count` is called once per full page and best
    gives the rows to count: the shell counts all entries in one statement; `urgent` shows the count in red
    (exceptions and reconciliation only); `shortcut` is the letter pressed after G; `counted` is the query
    that narrows the page to what is counted, and is followed while there is something.
    """

    key: str
    group: str
    label: str
    url_name: str
    icon: str
    permission: str = ""
    count: Count | None = None
    urgent: bool = False
    shortcut: str = ""
    order: int = 0
    counted: str = ""


@dataclass(frozen=True)
class PeriodChoice:
    """A month the reader can switch to."""

    label: str
    href: str
    current: bool = False


@dataclass(frozen=True)
class PeriodRibbon:
    """The accounting month the page is about: its cut-off in words and how far its close has come."""

    label: str
    cutoff: str = ""
    closed: bool = False
    close_done: int = 0
    close_total: int = 0
    close_href: str = ""
    choices: tuple[PeriodChoice, ...] = ()


@dataclass(frozen=True)
class PeriodSource:
    """Where the ribbon comes from: the rows it is about (None: no ribbon), and how it is made of them."""

    rows: Callable[[HttpRequest], "QuerySet[Any, Any] | None"]
    ribbon: Callable[[HttpRequest, list[dict[str, Any]]], PeriodRibbon]


@dataclass(frozen=True)
class Notifications:
    """The bell: how many wait, and where they are read."""

    count: int
    href: str


@dataclass
class Registry:
    """Everything the apps gave the shell. Tests make their own; the process has `registry`."""

    entries: dict[str, Entry] = field(default_factory=dict)
    period: PeriodSource | None = None
    notifications: Callable[[HttpRequest], Notifications | None] | None = None
    search_url_name: str = ""

    def add(self, *entries: Entry) -> None:
        """Add places; refuse an unknown group and a key or shortcut that is already taken."""
        for entry in entries:
            taken = self.entries.get(entry.key)
            if taken and taken != entry:
                raise ValueError(f"The navigation already has an entry {entry.key!r}.")
            if entry.group not in GROUPS:
                raise ValueError(f"{entry.key}: {entry.group!r} is none of the groups {', '.join(GROUPS)}.")
            clash = [
                e.key for e in self.entries.values() if e.shortcut == entry.shortcut != "" and e != entry
            ]
            if clash:
                raise ValueError(f"{entry.key}: shortcut {entry.shortcut!r} belongs to {clash[0]!r}.")
            self.entries[entry.key] = entry

    def group(self, name: str) -> list[Entry]:
        """Return a group's entries in their order."""
        return sorted((e for e in self.entries.values() if e.group == name), key=lambda e: e.order)


registry = Registry()
