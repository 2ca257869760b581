"""One correlation id follows a request into its tasks and outbound calls."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from core.identifiers import uuid7

_current: ContextVar[str] = ContextVar("correlation_id", default="")
_ACCEPTED = re.compile(r"^[A-Za-z0-9._:-]{8,64}$")


def correlation_id() -> str:
    """Return the id of the work in progress; start one where none was given."""
    if not _current.get():
        _current.set(str(uuid7()))
    return _current.get()


def current_correlation_id() -> str:
    """Return the id of the work in progress, empty where none was given or started."""
    return _current.get()


@contextmanager
def correlated(given: str | None) -> Iterator[str]:
    """Run a block under the given id, or a new one where the given text is no acceptable id."""
    identifier = given if given and _ACCEPTED.match(given) else str(uuid7())
    token = _current.set(identifier)
    try:
        yield identifier
    finally:
        _current.reset(token)
