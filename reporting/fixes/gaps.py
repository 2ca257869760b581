"""What is known around a gap in the prices: the cards within reach and their rows for the role."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from contracts.models import ANY, Contract, Rate, RateCard
from contracts.queries import cards_for, known_rates
from core.models import ExceptionItem

ORDER = ("contract", "customer", "legal_entity", "standard")
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class RateGap:
    """Unpriced work of a role on the days from `first_on` to `last_on`, and the prices around it."""

    contract: Contract
    role: str
    first_on: date
    last_on: date
    hours: Decimal
    entries: int
    cards: tuple[RateCard, ...]
    rates: tuple[Rate, ...]

    @property
    def nearest(self) -> Rate | None:
        """Return the price that lies nearest to the gap; of two, the one before it."""
        return min(self.rates, key=self._distance, default=None)

    @property
    def starts_on(self) -> date:
        """Return from when a price leaves no hole: the day after the last one before, else the first work."""
        ends = [rate.valid.upper for rate in self.rates if rate.valid.upper]
        return max((end for end in ends if end <= self.first_on), default=self.first_on)

    @property
    def card(self) -> RateCard | None:
        """Return the card to fill: that of the nearest price, else the most specific one."""
        return self.nearest.card if self.nearest else next(iter(self.cards), None)

    def _distance(self, rate: Rate) -> tuple[int, int]:
        lower, upper = rate.valid.lower or date.min, rate.valid.upper or date.max
        if upper <= self.first_on:
            return ((self.first_on - upper).days, 0)
        return (max((lower - self.last_on).days, 0), 1)


def gap_of(item: ExceptionItem) -> RateGap | None:
    """Read what surrounds the gap an exception tells of, once per item."""
    known: RateGap | None = item.__dict__.get("_rate_gap")
    if known is None and item.contract_id and item.evidence.get("first_on"):
        known = item.__dict__["_rate_gap"] = _read(item)
    return known


def hours_of_a_day(card: RateCard) -> Decimal:
    """Return how many hours one unit of the card is worth: a day counts as eight, as in the estimate."""
    return Decimal(8) if card.unit == "day" else Decimal(1)


def _read(item: ExceptionItem) -> RateGap | None:
    told = item.evidence
    contract = Contract.objects.filter(pk=item.contract_id).first() if item.contract_id else None
    if contract is None:
        return None
    cards = [card for card in cards_for(contract) if card.currency_id == contract.currency_id]
    cards.sort(key=lambda card: (ORDER.index(card.scope), card.code))
    rows = known_rates(Rate.objects.filter(card__in=cards, role=told["role"], worker=ANY))
    rates = sorted(rows.select_related("card"), key=lambda rate: rate.valid.lower or date.min)
    return RateGap(
        contract=contract,
        role=told["role"],
        first_on=date.fromisoformat(told["first_on"]),
        last_on=date.fromisoformat(told["last_on"]),
        hours=Decimal(told["hours"]),
        entries=int(told["entries"]),
        cards=tuple(cards),
        rates=tuple(rates),
    )
