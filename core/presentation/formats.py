"""Write amounts, quantities and dates the one way the product writes them. Never rounds, never floats."""

import datetime
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.core import UnknownLocaleError
from babel.numbers import get_currency_symbol
from django.utils import timezone
from django.utils.translation import get_language

from core.money import minor_unit

MINUS = "\N{MINUS SIGN}"
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
DEFAULT_LANGUAGE = "en-gb"
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
MEASURED_UNITS = frozenset({"d", "h", "days", "hours"})


@lru_cache(maxsize=32)
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(DEFAULT_LANGUAGE, sep="-")


def _active_locale() -> Locale:
    return _locale(get_language() or DEFAULT_LANGUAGE)


@lru_cache(maxsize=512)
def currency_prefix(currency: str, locale: Locale) -> str:
    """Return the sign put before an amount: £, or the ISO code and a space where no sign exists."""
    symbol = str(get_currency_symbol(currency, locale=locale))
    return f"{symbol}{NO_BREAK_SPACE}" if symbol[-1].isalpha() else symbol


def number(value: Decimal | int, *, places: int = 0, sign: bool = False) -> str:
    """Return a number with grouping, at least `places` decimals, and every further digit that is not 0.

    The minus is U+2212; `sign` also writes a plus before positive values.
    """
    digits = _with_places(Decimal(value), places)
    locale = _active_locale()
    grouped = f"{abs(digits):,f}"
    symbols = locale.number_symbols["latn"]
    if (symbols["group"], symbols["decimal"]) != (",", "."):
        grouped = grouped.translate({ord(","): symbols["group"], ord("."): symbols["decimal"]})
    if digits < 0:
        return MINUS + grouped
    return f"+{grouped}" if sign and digits else grouped


def _with_places(value: Decimal, places: int) -> Decimal:
    if not value.is_finite():
        raise ValueError("An amount must be a finite number.")
    trimmed = value.normalize()
    exponent = trimmed.as_tuple().exponent
    needed = max(places, -exponent if isinstance(exponent, int) else 0)
    # Only widens: `needed` is never below the significant decimals, so nothing is rounded away.
    return trimmed.quantize(Decimal(1).scaleb(-needed))


def money(amount: Decimal, currency: str = "", *, code: bool = False, sign: bool = False) -> str:
    """Return an amount in its currency's minor unit: £1,250.00, −£3.50, ¥900, BHD 1.250.

    Without a currency: two decimals and no sign. `code` writes the ISO code, for mixed currencies.
    Digits finer than the minor unit are shown, not rounded away.
    """
    text = number(abs(amount), places=minor_unit(currency) if currency else 2)
    prefix = f"{currency}{NO_BREAK_SPACE}" if code else ""
    if currency and not code:
        prefix = currency_prefix(currency, _active_locale())
    mark = MINUS if amount < 0 else "+" if sign and amount else ""
    return f"{mark}{prefix}{text}"


def quantity(value: Decimal, unit: str = "") -> str:
    """Return a quantity with its unit: 12.0 d, 7.25 h, 1. Hours and days keep one decimal."""
    text = number(value, places=1 if unit in MEASURED_UNITS else 0)
    return f"{text}{NO_BREAK_SPACE}{unit}" if unit else text


def counted(count: int, one: str, many: str = "") -> str:
    """Return how many of a thing in words: 1 entry, 64 entries; without `many` the plural takes an s."""
    return f"{number(count)} {one if count == 1 else many or f'{one}s'}"


def day(value: datetime.date, style: str = "long") -> str:
    """Return a date as 18 Nov 2026 (`long`), 18 Nov (`short`) or November 2026 (`month`)."""
    if style == "month":
        return f"{value:%B} {value.year}"
    short = f"{value.day} {MONTHS[value.month - 1]}"
    return short if style == "short" else f"{short} {value.year}"


def moment(value: datetime.datetime) -> str:
    """Return a point in time in the reader's time zone: 20 Nov 2026 14:05."""
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{day(local.date())} {local:%H:%M}"


def span(start: datetime.date, end: datetime.date) -> str:
    """Return a range of days, both included, without repeating what is the same: 3–14 Nov 2026."""
    if start == end:
        return day(start)
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day}–{day(end)}"
    if start.year == end.year:
        return f"{day(start, 'short')}–{day(end)}"
    return f"{day(start)}–{day(end)}"


def local_day(value: datetime.date | datetime.datetime) -> datetime.date:
    """Return the reader's calendar day of a date or point in time."""
    if isinstance(value, datetime.datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).date()
    return value


def age(since: datetime.date | datetime.datetime, today: datetime.date) -> str:
    """Return how long ago a day was: 0 d, 6 d, 16 d; never negative."""
    return f"{max((today - local_day(since)).days, 0)}{NO_BREAK_SPACE}d"
