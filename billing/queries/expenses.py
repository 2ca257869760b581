"""What charges of expenses are, in words."""

from datetime import date
from decimal import Decimal
from typing import Any

from billing.states import Component
from core.presentation.formats import day, money, number


def expense_in_words(charge: Any) -> str:
    """Explain an expense: what was spent, at which rate of which source and day, what of it is billed."""
    why = charge.explanation
    match charge.component:
        case Component.MARKUP:
            return f"markup of {_plain(why['percent'])} % on {_amount(why['of'])} for {_what(charge)}"
        case Component.OVER_CEILING:
            over = f"above the ceiling of {_amount(why['ceiling'])}"
            return f"the part of {_amount(why['of'])} for {_what(charge)} {over}"
    if "price" in why:
        spent = f"{_plain(why['quantity'])} {why['unit']} × {_amount(why['price'])}"
    else:
        spent = money(Decimal(why["spent"]), why["currency"]) + _converted(why)
    capped = f", up to the ceiling of {_amount(why['ceiling'])}" if "ceiling" in why else ""
    return f"{spent} for {_what(charge)}{capped}"


def expense_name(charge: Any) -> str:
    """Return what an expense is called: its category and who spent it."""
    return ", ".join(part for part in (charge.explanation.get("category"), charge.worker_name) if part)


def _converted(why: dict[str, Any]) -> str:
    if "rate" not in why:
        return ""
    turned = ", from the rate the other way round" if "turned" in why else ""
    source = f", {why['rate_source']}" if "rate_source" in why else ""
    on = day(date.fromisoformat(why["rate_on"]))
    return f" × {_plain(why['rate'])} (rate of {on}{source}{turned})"


def _what(charge: Any) -> str:
    vendor = charge.explanation.get("vendor")
    of = f" at {vendor}" if vendor else ""
    return f"{charge.explanation['category']}{of} on {day(charge.service_on)}"


def _amount(text: str) -> str:
    return number(Decimal(text), places=2)


def _plain(text: str) -> str:
    return number(Decimal(text))
