"""Exchange rates of every business day, walked from a seed; both directions of each pair."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random

from config.demo.calendar import DAY
from config.demo.firm.staff import SEED

SOURCE = "Demo central bank"
# One unit in US dollars on the first day, in ten-thousandths.
_IN_DOLLARS = {"GBP": 12_700, "EUR": 10_850, "USD": 10_000}
_STEP = 45
_FRIDAY = 4


@dataclass(frozen=True)
class RateSpec:
    """One unit of `base` in `quote` from a day until the next publication; the last one goes on."""

    base: str
    quote: str
    rate: Decimal
    published_on: date
    until: date | None


def rates(first: date, last: date) -> Iterator[RateSpec]:
    """Yield the rates published from the first to the last day, pair by pair."""
    days = [day for day in _days(first, last) if day.weekday() <= _FRIDAY or day in (first, last)]
    values = list(_walk(len(days)))
    for base in _IN_DOLLARS:
        for quote in _IN_DOLLARS:
            if base != quote:
                for place, day in enumerate(days):
                    rate = round(values[place][base] / values[place][quote], 6)
                    yield RateSpec(base, quote, rate, day, days[place + 1] if place + 1 < len(days) else None)


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += DAY


def _walk(days: int) -> Iterator[dict[str, Decimal]]:
    random = Random(SEED)
    values = dict(_IN_DOLLARS)
    for _ in range(days):
        yield {currency: Decimal(value) / 10_000 for currency, value in values.items()}
        for currency in ("GBP", "EUR"):
            values[currency] += random.randint(-_STEP, _STEP)
