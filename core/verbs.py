"""The frame of every business verb: one transaction, one actor, and no write without an event."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import ParamSpec, TypeVar

from django.db import connection, transaction

from core.actors import Actor
from core.correlation import correlation_id
from core.observing.tracing import span, traceparent

P = ParamSpec("P")
R = TypeVar("R")

_active: ContextVar[str | None] = ContextVar("active_verb", default=None)


class VerbError(RuntimeError):
    """A verb broke the rules of verbs; this is a fault in the code, never a refusal to a person."""


def active_verb() -> str | None:
    """Return the name of the running verb, or None outside of one."""
    return _active.get()


def set_local(*, read_only: bool = False, **values: str) -> None:
    """Set transaction-local `tieout.*` settings, which the history triggers and policies read.

    `read_only` also keeps the rest of the transaction from writing, in the same statement.
    """
    named = {f"tieout.{key}": value for key, value in values.items()}
    named |= {"transaction_read_only": "on"} if read_only else {}
    calls = ", ".join("set_config(%s, %s, true)" for _ in named)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {calls}", [part for pair in named.items() for part in pair])


@contextmanager
def acting(actor: Actor, reason: str = "") -> Iterator[None]:
    """Open a transaction (or savepoint) in which every change is attributed to the actor."""
    with transaction.atomic():
        who = {"actor": actor.text, "reason": reason, "correlation_id": correlation_id()}
        set_local(read_only=False, traceparent=traceparent(), wrote="", recorded="", **who)
        yield


@contextmanager
def reading(actor: Actor) -> Iterator[None]:
    """Run a block in one read-only transaction in which the reader's settings hold.

    Inside a running transaction (a test, an idempotent request) it is a plain savepoint.
    """
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            set_local(read_only=True, actor=actor.text)
        yield


def verb(function: Callable[P, R]) -> Callable[P, R]:
    """Run a function as a business verb.

    Opens the transaction, attributes every change to `actor` and `reason`, and refuses to commit
    when canonical rows changed but no event was recorded. Verbs never call verbs.
    """

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        actor, reason = kwargs.get("actor"), kwargs.get("reason", "")
        if not isinstance(actor, Actor):
            raise VerbError(f"{function.__name__} needs an actor.")
        if _active.get():
            raise VerbError(f"{function.__name__} was called inside the verb {_active.get()}.")
        token = _active.set(function.__name__)
        try:
            with span(f"verb {function.__name__}"), acting(actor, str(reason or "")):
                result = function(*args, **kwargs)
                _refuse_silent_write(function.__name__)
                return result
        finally:
            _active.reset(token)

    run.__dict__["is_verb"] = True
    return run


def _refuse_silent_write(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(current_setting('tieout.wrote', true), ''),"
            " coalesce(current_setting('tieout.recorded', true), '')"
        )
        wrote, recorded = cursor.fetchone() or ("", "")
    if wrote and not recorded:
        raise VerbError(f"{name} changed canonical rows but recorded no event.")
