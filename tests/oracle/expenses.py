"""The money rules for expenses in plain Python: slow, obvious, and no part of the product."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tests.oracle.pricing import rounded

Shares = tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True)
class Rule:
    """What a version says: billed or not, marked up, at most how much, or at how much per unit."""

    billed: bool
    markup: Decimal
    ceiling: Decimal | None
    unit_price: Decimal | None


@dataclass(frozen=True)
class Terms:
    """A version with its rules by category; None is the rule of every other category."""

    number: int
    since: date
    approved: int
    rules: dict[str | None, Rule]
    shares: Shares
    rounding_payer: str


@dataclass(frozen=True)
class Spend:
    """One approved expense as it stands now."""

    source: str
    day: date
    category: str
    currency: str
    net: Decimal
    quantity: Decimal


@dataclass
class ExpenseOracle:
    """All terms the firm ever agreed, on a clock of whole ticks, and the exchange rates by day."""

    versions: list[Terms] = field(default_factory=list)
    rates: dict[date, Decimal] = field(default_factory=dict)

    def terms(self, day: date, now: int) -> Terms | None:
        """Return the highest approved number that has begun."""
        begun = [version for version in self.versions if version.since <= day and version.approved <= now]
        return max(begun, key=lambda version: version.number, default=None)

    def price(self, spend: Spend, now: int) -> dict[tuple[str, str, str], Decimal] | None:
        """Return the amounts of an expense by component and payer; None is a gap."""
        version = self.terms(spend.day, now)
        if version is None:
            return None
        rule = version.rules.get(spend.category) or version.rules.get(None)
        if rule is None:
            return None
        if not rule.billed:
            return {}
        cost = self._cost(spend, rule)
        if cost is None:
            return None
        base = cost if rule.ceiling is None else min(cost, rule.ceiling)
        parts = {"base": base, "markup": rounded(base * rule.markup / 100), "over_ceiling": cost - base}
        return _shared(spend.source, parts, version)

    def _cost(self, spend: Spend, rule: Rule) -> Decimal | None:
        if rule.unit_price is not None:
            return rounded(spend.quantity * rule.unit_price)
        if spend.currency == "GBP":
            return spend.net
        rate = self.rates.get(spend.day)
        return None if rate is None else rounded(spend.net * rate)


def _shared(source: str, parts: dict[str, Decimal], version: Terms) -> dict[tuple[str, str, str], Decimal]:
    found = {}
    for component, total in parts.items():
        shares = {payer: rounded(total * percent / 100) for payer, percent in version.shares}
        shares[version.rounding_payer] += total - sum(shares.values())
        found.update({(source, component, payer): amount for payer, amount in shares.items()})
    return found
