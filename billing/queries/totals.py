"""Sums over currencies: each currency by itself and all of them in base, never added raw."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from core.presentation.formats import money
from core.presentation.parts import Kpi

SEPARATOR = " · "


@dataclass(frozen=True)
class CurrencySum:
    """What is in one currency."""

    currency: str
    count: int
    net: Decimal


@dataclass(frozen=True)
class Totals:
    """A sum of documents or charges; `base` is None where a row has no value in `base_currency` yet."""

    count: int
    sums: tuple[CurrencySum, ...]
    base_currency: str
    base: Decimal | None

    @classmethod
    def of(cls, rows: Iterable[tuple[str, Decimal, Decimal | None]], base_currency: str) -> "Totals":
        """Add up rows of (currency, net, net in base)."""
        listed = list(rows)
        sums = []
        for currency in sorted({row[0] for row in listed}):
            nets = [net for code, net, _ in listed if code == currency]
            sums.append(CurrencySum(currency, len(nets), sum(nets, Decimal(0))))
        bases = [base for _, _, base in listed]
        known = [base for base in bases if base is not None]
        whole = sum(known, Decimal(0)) if len(known) == len(bases) else None
        return cls(len(listed), tuple(sums), base_currency, whole)

    @property
    def amount(self) -> Decimal | None:
        """Return the one figure to show: the only currency's sum, else the value in base."""
        if len(self.sums) == 1:
            return self.sums[0].net
        return self.base

    @property
    def currency(self) -> str:
        """Return the currency of `amount`."""
        return self.sums[0].currency if len(self.sums) == 1 else self.base_currency

    @property
    def words(self) -> str:
        """Return the sum of every currency as text."""
        return SEPARATOR.join(money(one.net, one.currency, code=len(self.sums) > 1) for one in self.sums)

    @property
    def remark(self) -> str:
        """Return what stands beside the figure: the currencies it is made of, or its value in base."""
        if len(self.sums) > 1:
            return self.words
        if self.base is None or self.currency == self.base_currency:
            return ""
        return f"{money(self.base, self.base_currency)} in base"

    def kpi(self, label: str, *, tone: str = "", href: str = "") -> Kpi:
        """Return the sum as a figure of the strip."""
        return Kpi(
            f"{label}, {self.count}",
            self.amount or Decimal(0),
            self.currency,
            tone=tone,
            remark=self.remark,
            href=href,
        )
