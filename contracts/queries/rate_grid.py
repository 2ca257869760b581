"""A rate card as a grid: one row per combination of dimensions, its prices over time, gaps and rivals."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from contracts.models import ANY, Rate, RateCard
from contracts.queries import known_rates

ONE_DAY = timedelta(days=1)
DIMENSIONS = ("role", "region", "service_line", "work_type", "worker")
Dimensions = tuple[str, ...]


@dataclass(frozen=True)
class Price:
    """A price over the days `starts_on` to `ends_on`; None is open-ended."""

    amount: Decimal
    starts_on: date
    ends_on: date | None
    set_by: str
    reason: str


@dataclass(frozen=True)
class GridRow:
    """All prices of one combination of dimensions, in order of time."""

    dimensions: Dimensions
    prices: tuple[Price, ...]
    rivals: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Return what the prices are for: the named dimensions, or everything."""
        return ", ".join(code for code in self.dimensions if code != ANY) or "Everything"

    def on(self, day: date) -> Price | None:
        """Return the price of a day."""
        return next(
            (
                price
                for price in self.prices
                if price.starts_on <= day and (price.ends_on is None or day <= price.ends_on)
            ),
            None,
        )

    def gaps(self) -> list[tuple[date, date]]:
        """Return the days between prices on which there is none, each as first and last day."""
        return [
            (earlier.ends_on + ONE_DAY, later.starts_on - ONE_DAY)
            for earlier, later in zip(self.prices, self.prices[1:], strict=False)
            if earlier.ends_on and earlier.ends_on + ONE_DAY < later.starts_on
        ]


def rate_grid(card: RateCard, *, known_at: datetime | None = None) -> list[GridRow]:
    """Return the card as known at a moment, or now: most general dimensions first."""
    rates = known_rates(Rate.objects.filter(card=card), known_at)
    rivals = _rivals(card)
    by_dimensions: dict[Dimensions, list[Price]] = defaultdict(list)
    for rate in rates.select_related("set_by").order_by("valid"):
        by_dimensions[_dimensions(rate)].append(_price(rate))
    rows = [
        GridRow(key, tuple(prices), _overlapping(key, prices, rivals))
        for key, prices in by_dimensions.items()
    ]
    return sorted(rows, key=lambda row: (sum(code != ANY for code in row.dimensions), row.dimensions))


def _rivals(card: RateCard) -> list[Rate]:
    """Return the prices of the other cards that are searched together with this one."""
    together = RateCard.objects.filter(
        scope=card.scope,
        legal_entity=card.legal_entity_id,
        customer=card.customer_id,
        contract=card.contract_id,
    )
    others = together.exclude(pk=card.pk)
    return list(known_rates(Rate.objects.filter(card__in=others)).select_related("card"))


def _overlapping(key: Dimensions, prices: Iterable[Price], rivals: Iterable[Rate]) -> tuple[str, ...]:
    """Return the codes of cards with a price for the same dimensions on some of the same days."""
    codes = {
        rival.card.code
        for rival in rivals
        if _dimensions(rival) == key and any(_overlap(_price(rival), price) for price in prices)
    }
    return tuple(sorted(codes))


def _overlap(one: Price, other: Price) -> bool:
    return (one.ends_on is None or other.starts_on <= one.ends_on) and (
        other.ends_on is None or one.starts_on <= other.ends_on
    )


def _dimensions(rate: Rate) -> Dimensions:
    return tuple(str(getattr(rate, name)) for name in DIMENSIONS)


def _price(rate: Rate) -> Price:
    days: Any = rate.valid
    last = days.upper and days.upper - ONE_DAY
    # Rivals come without the person who set them: nobody asks.
    by = str(rate.set_by) if "set_by" in rate._state.fields_cache else ""
    return Price(rate.amount, days.lower, last, by, rate.reason)
