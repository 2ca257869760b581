"""Parts of a page that apps further left add to it: the contract page shows projects without knowing them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True)
class Panel:
    """A part ready to draw: its template gets `data` as `panel`."""

    template: str
    data: Any


Load = Callable[[HttpRequest, Any], Panel | None]


@dataclass
class Panels:
    """Who adds what where. Places are `<page>.<area>`, such as contract.main or contract.side."""

    added: dict[str, list[tuple[int, Load]]] = field(default_factory=dict)

    def add(self, place: str, load: Load, *, order: int = 100) -> None:
        """Let `load` add a panel to a place; it gets the request and the page's object."""
        self.added.setdefault(place, []).append((order, load))

    def of(self, place: str, request: HttpRequest, subject: Any) -> list[Panel]:
        """Return the panels of a place in their order; a load that returns None adds nothing."""
        loads = sorted(self.added.get(place, []), key=lambda one: one[0])
        return [panel for _, load in loads if (panel := load(request, subject))]


panels = Panels()
