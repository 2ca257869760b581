"""The money rules for time and materials in plain Python: slow, obvious, and no part of the product.

It prices facts one by one. The engine must agree with it on every source, component and payer.
"""

import math
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
FOUR = Decimal("0.0001")


def rounded(amount: Decimal, step: Decimal = CENT) -> Decimal:
    """Round half away from zero."""
    return amount.quantize(step, rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class Price:
    """A rate row: place is 1 contract, 2 customer, 3 legal entity, 4 standard; `until` is excluded."""

    place: int
    amount: Decimal
    since: date
    until: date | None
    known_since: int
    known_until: int | None
    role: str = "any"
    region: str = "any"
    work_type: str = "any"


@dataclass(frozen=True)
class Terms:
    """A version: number, first day, when it was approved, discount, increment and payers' shares."""

    number: int
    since: date
    approved: int
    discount: Decimal
    increment: Decimal | None
    shares: tuple[tuple[str, Decimal], ...]
    rounding_payer: str


@dataclass(frozen=True)
class Work:
    """What counts of one chain of entries."""

    source: str
    day: date
    hours: Decimal
    role: str
    region: str
    work_type: str = "normal"
    multiplier: Decimal = Decimal(1)


@dataclass
class Oracle:
    """All terms and prices the firm ever knew, on a clock of whole ticks."""

    prices: list[Price] = field(default_factory=list)
    versions: list[Terms] = field(default_factory=list)

    def terms(self, day: date, now: int) -> Terms | None:
        """Return the highest approved number that has begun."""
        begun = [version for version in self.versions if version.since <= day and version.approved <= now]
        return max(begun, key=lambda version: version.number, default=None)

    def rate(self, work: Work, now: int) -> Price | None:
        """Return the price of the first card with a match, the most specific one; None where unclear."""
        matching = [
            price
            for price in self.prices
            if price.since <= work.day
            and (price.until is None or work.day < price.until)
            and price.known_since <= now
            and (price.known_until is None or now < price.known_until)
            and price.role in (work.role, "any")
            and price.region in (work.region, "any")
            and price.work_type in (work.work_type, "any")
        ]
        if not matching:
            return None
        place = min(price.place for price in matching)
        weights = {price: _weight(price) for price in matching if price.place == place}
        best = [price for price, weight in weights.items() if weight == max(weights.values())]
        return best[0] if len(best) == 1 else None

    def shares(self, work: Work, now: int) -> dict[tuple[str, str, str], Decimal] | None:
        """Return amounts by (source, component, payer), or None where there is no price."""
        version, price = self.terms(work.day, now), self.rate(work, now)
        if version is None or price is None:
            return None
        factor = Decimal(1) if price.work_type != "any" else work.multiplier
        base = rounded(self.billed_hours(work, version) * rounded(price.amount * factor, FOUR))
        components = {"base": base, "discount": -rounded(base * version.discount / 100)}
        return {
            (work.source, component, payer): amount
            for component, total in components.items()
            if total or component == "base"
            for payer, amount in split(total, version).items()
        }

    @staticmethod
    def billed_hours(work: Work, version: Terms) -> Decimal:
        """Return the hours that are billed: worked ones up to the next whole increment."""
        hours = work.hours
        if version.increment:
            hours = math.ceil(hours / version.increment) * version.increment
        return rounded(hours, FOUR)


def _weight(price: Price) -> int:
    return 16 * (price.work_type != "any") + 4 * (price.role != "any") + 2 * (price.region != "any")


def split(total: Decimal, version: Terms) -> dict[str, Decimal]:
    """Share an amount among the payers; the rounding payer takes what is left."""
    parts = {payer: rounded(total * percent / 100) for payer, percent in version.shares}
    parts[version.rounding_payer] += total - sum(parts.values())
    return parts
