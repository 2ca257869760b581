"""The money rules for fixed fees in plain Python: slow, obvious, and no part of the product.

It looks at every single day. The engine must agree with it on every part and payer.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from tests.oracle.pricing import rounded

Shares = tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True)
class Fees:
    """A version: what the milestone is worth, which instalments are due when, discount and payers' shares."""

    number: int
    since: date
    approved: int
    milestone: Decimal
    instalments: tuple[tuple[str, date, Decimal], ...]
    discount: Decimal
    shares: Shares
    rounding_payer: str


@dataclass(frozen=True)
class Part:
    """An accepted part of the milestone: its percent on top of what was accepted before."""

    source: str
    day: date
    signed: int
    before: Decimal
    percent: Decimal


@dataclass
class FeeOracle:
    """All terms the firm ever agreed, on a clock of whole ticks."""

    versions: list[Fees] = field(default_factory=list)

    def terms(self, day: date, now: int) -> Fees | None:
        """Return the highest approved number that has begun."""
        begun = [version for version in self.versions if version.since <= day and version.approved <= now]
        return max(begun, key=lambda version: version.number, default=None)

    def part(self, part: Part) -> dict[tuple[str, str, str], Decimal]:
        """Return the amounts of an accepted part, at the terms approved when it was signed off."""
        version = self.terms(part.day, part.signed)
        assert version is not None
        after = rounded(version.milestone * (part.before + part.percent) / 100)
        return _shared(part.source, after - rounded(version.milestone * part.before / 100), version)

    def instalment(self, key: str, source: str, now: int, until: date) -> dict[tuple[str, str, str], Decimal]:
        """Return the amounts of an instalment: it is charged on the first day whose terms say it is due."""
        day = min(version.since for version in self.versions)
        while day <= until:
            version = self.terms(day, now)
            for name, due, amount in version.instalments if version else ():
                if name == key and due <= day and version:
                    return _shared(source, amount, version)
            day += timedelta(days=1)
        return {}


def _shared(source: str, base: Decimal, version: Fees) -> dict[tuple[str, str, str], Decimal]:
    found = {}
    for component, total in (("base", base), ("discount", -rounded(base * version.discount / 100))):
        parts = {payer: rounded(total * percent / 100) for payer, percent in version.shares}
        parts[version.rounding_payer] += total - sum(parts.values())
        found.update({(source, component, payer): amount for payer, amount in parts.items()})
    return found
