"""Intakes and decisions at the same time: no day over 24 hours, no approval of what was not seen."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from core.actors import Actor
from core.errors import Refusal
from core.models import Event
from tests.timesheets.builders import TODAY, Firm, approved_entry, row, slice_here, take_in
from timesheets.actions.approvals import approve_time
from timesheets.actions.corrections import correct_time
from timesheets.models import Approval, TimeEntry, Timesheet

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*actions: Callable[[], Any]) -> list[Any]:
    """Run the actions in threads that start together; a refusal counts as a result."""
    start = Barrier(len(actions))

    def run(action: Callable[[], Any]) -> Any:
        try:
            start.wait(timeout=10)
            return action()
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


def test_a_day_keeps_24_hours_whoever_comes_first(transactional_db: None) -> None:
    firm = Firm()
    results = at_once(
        *(lambda n=n: take_in(firm.consultant, row(str(n), hours="7")).rows[0].code for n in range(6))
    )
    assert sorted(results) == ["", "", "", *["day_over_24"] * 3]
    assert sum(TimeEntry.objects.values_list("hours", flat=True)) == Decimal(21)
    assert Timesheet.objects.count() == 1


def test_the_same_batch_at_once_counts_once(transactional_db: None) -> None:
    firm = Firm()
    rows = [row(str(n), hours="0.5") for n in range(20)]
    results = at_once(*[lambda: take_in(firm.consultant, *rows).counts] * 4)
    assert sum(counts["created"] for counts in results) == 20
    assert sum(counts["unchanged"] for counts in results) == 60
    assert TimeEntry.objects.count() == 20


def test_one_of_two_approvals_decides(transactional_db: None) -> None:
    firm = Firm()
    take_in(firm.consultant, row(), submit=True)
    seen = slice_here(firm, entries=1, hours="7.5")
    actors = [Actor.of(firm.manager), Actor.of(firm.pmo)]
    results = at_once(*(lambda actor=actor: approve_time([seen], actor=actor).entries for actor in actors))
    assert sorted(map(str, results)) == ["1", "stale"]
    assert (Approval.objects.count(), Event.objects.filter(type="time.approved").count()) == (1, 1)


def test_an_entry_is_changed_or_approved_never_both(transactional_db: None) -> None:
    firm = Firm()
    take_in(firm.consultant, row(), submit=True)
    seen = slice_here(firm, entries=1, hours="7.5")
    at_once(
        lambda: approve_time([seen], actor=Actor.of(firm.manager)),
        lambda: take_in(firm.consultant, row(hours="3"), submit=True),
    )
    assert TimeEntry.objects.values_list("status", "hours").get() in {
        ("approved", Decimal("7.5")),
        ("submitted", Decimal(3)),
    }


def test_an_entry_is_corrected_once_at_a_time(transactional_db: None) -> None:
    firm = Firm()
    entry = approved_entry(firm)
    actor = Actor.of(firm.consultant)

    def ask(hours: int) -> Decimal:
        found = correct_time(entry.pk, actor=actor, on=TODAY, reason="x", hours=Decimal(hours))
        return sum((half.hours for half in (found.reversal, found.replacement) if half), Decimal(0))

    results = at_once(*(partial(ask, hours) for hours in (1, 2, 3)))
    assert results.count("correction_pending") == 2
    assert TimeEntry.objects.count() == 3
