"""Exceptions on the home page."""

from django.db.models import Q
from django.urls import reverse

from core.filters import view_conditions
from core.fixes import cause_label
from core.presentation.parts import Kpi, Link
from core.queries.queue import Queue
from reporting.home.parts import Line, Reader, Section, total_kpi

MOST = 6


def needs_you(reader: Reader) -> Section:
    """List the person's exceptions and those nobody has taken, largest amount first."""
    conditions = view_conditions(reader.user, reader.now)
    queue = _queue(reader, conditions["mine"] | conditions["unassigned"])
    lines = tuple(
        Line(
            item.title,
            reverse("exception", args=[item.number]),
            f"{cause_label(item.code)} · {item.subject_label or item.number}",
            item.money_at_risk,
            item.currency,
        )
        for item in queue.largest(MOST)
    )
    more = Link("All exceptions", reverse("exceptions"))
    return Section("Exceptions that need you", lines, "No exception waits for you.", more)


def at_stake(reader: Reader) -> Kpi:
    """Return what the open exceptions hold back."""
    queue = _queue(reader, view_conditions(reader.user, reader.now)["open"])
    return total_kpi("Held back by exceptions", queue.total, href=reverse("exceptions"), tone="bad")


def _queue(reader: Reader, condition: Q) -> Queue:
    return Queue(reader.user, condition, now=reader.now)
