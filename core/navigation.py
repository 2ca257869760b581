"""Where the kernel's pages stand in the shell."""

from django.http import HttpRequest
from django.utils import timezone

from core.filters import view_conditions
from core.pages import person_of
from core.presentation.counting import Countable
from core.presentation.navigation import Entry, registry
from core.queries.exceptions import visible_exceptions


def open_exceptions(request: HttpRequest) -> Countable:
    """Return the open items the person sees, or how many where that is known."""
    user = person_of(request)
    known = user.__dict__.get("_open_exceptions")
    if known is not None:
        return int(known)
    return visible_exceptions(user).filter(view_conditions(user, timezone.now())["open"])


registry.add(
    Entry(
        key="exceptions",
        group="Work",
        label="Exceptions",
        url_name="exceptions",
        icon="exceptions",
        permission="exception.view",
        count=open_exceptions,
        urgent=True,
        shortcut="E",
        order=10,
    )
)
