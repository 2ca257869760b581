"""What the firm's own limits make of expenses: ok, to justify, or blocked; each with its sentence."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from contracts.models import ExpenseCategory
from core.models import ExchangeRate
from core.money import round_money
from core.presentation import formats
from timesheets.models import Expense
from timesheets.states import EntryStatus, ExpenseKind, PolicyResult

_Day = tuple[uuid.UUID, uuid.UUID, date]
_GONE = (EntryStatus.REJECTED, EntryStatus.CORRECTED)


@dataclass(frozen=True)
class Rates:
    """The exchange rates between some currencies, by pair."""

    ranges: dict[tuple[str, str], list[tuple[Any, Decimal]]]

    @classmethod
    def between(cls, currencies: Iterable[str]) -> "Rates":
        """Read the daily rates between the currencies, in one statement."""
        codes, found = set(currencies), defaultdict(list)
        rows = (
            ExchangeRate.objects.filter(kind="daily", base__in=codes, quote__in=codes)
            if len(codes) > 1
            else ()
        )
        for row in rows:
            found[row.base_id, row.quote_id].append((row.valid, row.rate))
        return cls(dict(found))

    def worth(self, amount: Decimal, currency: str, into: str, on: date) -> Decimal | None:
        """Return an amount in another currency at the day's rate, or None where there is none."""
        if currency == into:
            return amount
        direct, turned = self._on((currency, into), on), self._on((into, currency), on)
        if direct is None and turned is None:
            return None
        return round_money(amount * direct if direct is not None else amount / (turned or 1), into)

    def _on(self, pair: tuple[str, str], on: date) -> Decimal | None:
        for valid, rate in self.ranges.get(pair, ()):
            if valid.lower <= on and (valid.upper is None or on < valid.upper):
                return rate
        return None


def apply_limits(expenses: Sequence[Expense]) -> None:
    """Set `policy_result` and `policy_sentence` of expenses about to be written (categories loaded).

    A ceiling per day counts what stands of the worker, category and day, and the expenses given.
    """
    standing = _standing(expenses)
    currencies = {one.currency_id for one in (*expenses, *standing)}
    rates = Rates.between(currencies | {one.category.currency_id for one in expenses})
    days: dict[_Day, Decimal] = defaultdict(Decimal)
    for one in standing:
        days[_day(one)] += rates.worth(one.net, one.currency_id, one.category.currency_id, one.spent_on) or 0
    for expense in expenses:
        result, sentence = _judged(expense, rates, days)
        expense.policy_result, expense.policy_sentence = result, sentence[:300]


def _judged(expense: Expense, rates: Rates, days: dict[_Day, Decimal]) -> tuple[PolicyResult, str]:
    category, paid = expense.category, expense.net + expense.tax
    net = rates.worth(expense.net, expense.currency_id, category.currency_id, expense.spent_on)
    gross = rates.worth(paid, expense.currency_id, category.currency_id, expense.spent_on)
    if (
        category.receipt_above is not None
        and expense.receipt is None
        and (gross is None or gross > category.receipt_above)
    ):
        above = formats.money(category.receipt_above, category.currency_id)
        return PolicyResult.BLOCKED, f"{category.name} above {above} needs a receipt: attach it."
    if category.ceiling is None:
        return PolicyResult.OK, ""
    if net is None:
        return PolicyResult.JUSTIFY, (
            f"There is no rate from {expense.currency_id} to {category.currency_id} for the day, so the"
            f" ceiling of {_ceiling(category)} could not be checked."
        )
    if category.ceiling_per == ExpenseCategory.Per.DAY:
        days[_day(expense)] += net
        net = days[_day(expense)]
    if net > category.ceiling:
        over = formats.money(net - category.ceiling, category.currency_id)
        return PolicyResult.JUSTIFY, f"{over} over the ceiling of {_ceiling(category)}."
    return PolicyResult.OK, ""


def _ceiling(category: ExpenseCategory) -> str:
    each = "a day" if category.ceiling_per == ExpenseCategory.Per.DAY else "each"
    return f"{formats.money(category.ceiling or Decimal(0), category.currency_id)} {each} for {category.name}"


def _day(expense: Expense) -> _Day:
    return expense.worker_id, expense.category_id, expense.spent_on


def _standing(expenses: Sequence[Expense]) -> list[Expense]:
    """Return what stands beside the given expenses on the days of categories with a ceiling per day."""
    asked = [one for one in expenses if one.category.ceiling_per == ExpenseCategory.Per.DAY]
    if not asked:
        return []
    own = {one.pk for one in expenses} | {one.corrects_id for one in expenses if one.corrects_id}
    rows = Expense.objects.filter(
        worker__in={one.worker_id for one in asked},
        category__in={one.category_id for one in asked},
        spent_on__in={one.spent_on for one in asked},
    )
    rows = rows.exclude(status__in=_GONE).exclude(kind=ExpenseKind.REVERSAL).exclude(pk__in=own)
    return list(rows.select_related("category"))
