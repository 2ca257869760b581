"""Labels of bars over time: only those that fit beside each other."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from core.presentation import formats
from core.presentation.charts import Stretch

# Shares of the bar's length that a date above it and a word inside it take.
DATE_SHARE, WORD_SHARE = 5, 8


def fitting(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Return the stretches, without the words of those too short to hold them."""
    shortest = _days(stretches) // WORD_SHARE
    return [one if (one.end - one.start).days >= shortest else replace(one, label="") for one in stretches]


def ticks(stretches: Sequence[Stretch], begins: Iterable[date]) -> list[tuple[date, str]]:
    """Return the dates above the bar, each far enough from the one before."""
    room, shown = _days(stretches) // DATE_SHARE, list[date]()
    for day in sorted(set(begins)):
        if not shown or (day - shown[-1]).days >= room:
            shown.append(day)
    return [(day, formats.day(day)) for day in shown]


def _days(stretches: Sequence[Stretch]) -> int:
    return (max(one.end for one in stretches) - min(one.start for one in stretches)).days
