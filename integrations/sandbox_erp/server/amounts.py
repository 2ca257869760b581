"""Decimal amounts of the sandbox ERP.

The ERP is a foreign system: it rounds by its own rule and never imports Tieout's; the two may disagree.
"""

import re
from decimal import ROUND_HALF_UP, Decimal

_DECIMAL_TEXT = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")
_MINOR_DIGITS = {"BHD": 3, "JOD": 3, "KWD": 3, "OMR": 3, "TND": 3, "CLP": 0, "ISK": 0, "JPY": 0, "KRW": 0}


def is_decimal_text(value: object) -> bool:
    """Tell whether the value is a decimal number written as text, such as "-120.50"."""
    return isinstance(value, str) and _DECIMAL_TEXT.fullmatch(value) is not None


def smallest_unit(currency: str) -> Decimal:
    """Return the currency's minor unit: 0.01 for EUR, 1 for JPY, 0.001 for BHD."""
    return Decimal(1).scaleb(-_MINOR_DIGITS.get(currency, 2))


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Round half away from zero to the currency's minor unit."""
    return amount.quantize(smallest_unit(currency), rounding=ROUND_HALF_UP)


def is_rounded(amount: Decimal, currency: str) -> bool:
    """Tell whether the amount has no more decimals than the currency."""
    return amount == rounded(amount, currency)


def written(amount: Decimal, currency: str) -> str:
    """Write the amount with exactly the currency's decimals."""
    return f"{rounded(amount, currency):f}"
