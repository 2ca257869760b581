"""The one module that rounds money. SQL's round(numeric, n) rounds the same way, half away from zero."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel.numbers import get_currency_precision

QUANTITY_PLACES = 4
_QUANTITY_STEP = Decimal(1).scaleb(-QUANTITY_PLACES)


@lru_cache(maxsize=512)
def minor_unit(currency: str) -> int:
    """Return the number of decimals of a currency (ISO 4217): 2 for EUR, 0 for JPY, 3 for BHD."""
    return int(get_currency_precision(currency))


def round_money(amount: Decimal, currency: str) -> Decimal:
    """Round an amount to the currency's minor unit, half away from zero, so that −x mirrors x."""
    return amount.quantize(Decimal(1).scaleb(-minor_unit(currency)), rounding=ROUND_HALF_UP)


def round_quantity(quantity: Decimal) -> Decimal:
    """Round a quantity or unit price to four decimals, half away from zero."""
    return quantity.quantize(_QUANTITY_STEP, rounding=ROUND_HALF_UP)


def price(quantity: Decimal, unit_price: Decimal, currency: str) -> Decimal:
    """Return quantity × unit price in the currency's minor unit."""
    return round_money(quantity * unit_price, currency)


def split(amount: Decimal, percents: Sequence[Decimal], *, rest_to: int, currency: str) -> list[Decimal]:
    """Split an amount by percentages that sum to 100; the part at index `rest_to` takes the residue."""
    if sum(percents) != 100:
        raise ValueError("The shares of a split must sum to 100 %.")
    parts = [round_money(amount * percent / 100, currency) for percent in percents]
    parts[rest_to] += amount - sum(parts)
    return parts


def split_equally(amount: Decimal, parts: int, *, currency: str) -> list[Decimal]:
    """Split an amount into equal parts; the last one takes the residue."""
    share = round_money(amount / parts, currency)
    return [share] * (parts - 1) + [amount - share * (parts - 1)]
