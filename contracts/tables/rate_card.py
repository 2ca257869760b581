"""The rate card page: a grid of prices with validity bars, as known now or at an earlier moment."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from contracts.models import ANY, RateCard
from contracts.policies import entity_of
from contracts.queries.rate_grid import DIMENSIONS, GridRow, Price, rate_grid
from contracts.tables.bars import fitting, ticks
from core.models import User
from core.permissions import holds
from core.presentation import charts, formats
from core.presentation.parts import Activity, Fact
from core.presentation.vocabulary import word
from core.queries.activity import events_of, feed

ONE_DAY = timedelta(days=1)
LOOK_BACK = timedelta(days=365)
LOOK_AHEAD = timedelta(days=183)
ROWS = 200


@dataclass(frozen=True)
class DrawnRow:
    """A row of the grid: what it is for, its price today, its bar, where it can be changed."""

    label: str
    cells: tuple[str, ...]
    price: Decimal | None
    next_price: Price | None
    bar: SafeString
    remarks: tuple[str, ...]
    change_href: str
    end_href: str


@dataclass(frozen=True)
class RateCardPage:
    """What the page draws, as known at a moment where one is given."""

    card: RateCard
    today: date
    user: User
    known_at: datetime | None = None
    text: str = ""

    @cached_property
    def all_rows(self) -> list[GridRow]:
        """Return the rows that contain the text."""
        rows = rate_grid(self.card, known_at=self.known_at)
        return [row for row in rows if self.text.lower() in row.label.lower()]

    @property
    def rows(self) -> list[DrawnRow]:
        """Return the rows that are drawn: the first 200."""
        return [self._drawn(row) for row in self.all_rows[:ROWS]]

    @property
    def more(self) -> int:
        """Return how many rows the filter would have to leave out to show all."""
        return max(len(self.all_rows) - ROWS, 0)

    @property
    def may_edit(self) -> bool:
        """Say whether the person sets prices here; the past is only read."""
        return self.known_at is None and holds(self.user, "rate.edit", entity_of(self.card))

    @property
    def facts(self) -> list[Fact]:
        """Return the facts of the card."""
        card = self.card
        subject = card.contract or card.customer or card.legal_entity or "Everyone"
        return [
            Fact("Scope", word(card.scope).text),
            Fact("Holds for", str(subject)),
            Fact("Currency", card.currency_id),
            Fact("Price of one", card.unit),
        ]

    @cached_property
    def activity(self) -> list[Activity]:
        """Return what happened to the card, newest first."""
        return feed(events_of("contracts.ratecard", [self.card.pk]), limit=20)

    @cached_property
    def window(self) -> tuple[date, date]:
        """Return the days the bars cover: a year back at most, half a year ahead."""
        begins = [price.starts_on for row in self.all_rows for price in row.prices]
        first = max(min(begins, default=self.today), self.today - LOOK_BACK)
        return min(first, self.today), self.today + LOOK_AHEAD

    def _drawn(self, row: GridRow) -> DrawnRow:
        price = row.on(self.today)
        named = zip(DIMENSIONS, row.dimensions, strict=True)
        query = urlencode({name: code for name, code in named if code != ANY})
        return DrawnRow(
            label=row.label,
            cells=tuple("any" if code == ANY else code for code in row.dimensions),
            price=price.amount if price else None,
            next_price=next((one for one in row.prices if one.starts_on > self.today), None),
            bar=self._bar(row),
            remarks=tuple(_remarks(row, self.today)),
            change_href=f"{reverse('rate_set', args=[self.card.code])}?{query}",
            end_href=f"{reverse('rate_end', args=[self.card.code])}?{query}",
        )

    def _bar(self, row: GridRow) -> SafeString:
        start, end = self.window
        spans, reached = [], start
        for price in row.prices:
            first = max(price.starts_on, start)
            last = min(price.ends_on + ONE_DAY, end) if price.ends_on else end
            if last <= start or first >= end:
                continue
            if first > reached:
                spans.append(charts.Stretch("gap", reached, first))
            spans.append(charts.Stretch("solid", first, last, formats.number(price.amount, places=2)))
            reached = last
        if reached < end:
            spans.append(charts.Stretch("gap", reached, end))
        begins = ticks(spans, [price.starts_on for price in row.prices if start <= price.starts_on < end])
        return charts.gap_bar(fitting(spans), _sentence(row, self.card.currency_id), ticks=begins)


def _remarks(row: GridRow, today: date) -> list[str]:
    gaps = [f"No price {formats.span(first, last)}" for first, last in row.gaps()]
    ended = row.prices[-1].ends_on
    if ended and ended < today:
        gaps.append(f"No price since {formats.day(ended + ONE_DAY)}")
    return gaps + [f"The same on {code}: ambiguous" for code in row.rivals]


def _sentence(row: GridRow, currency: str) -> str:
    parts = [
        f"{formats.money(price.amount, currency)} from {formats.day(price.starts_on)}"
        + (f" to {formats.day(price.ends_on)}" if price.ends_on else " on")
        for price in row.prices
    ]
    return f"{row.label}: {', '.join(parts)}."
