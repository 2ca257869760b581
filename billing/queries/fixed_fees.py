"""What parts of fixed fees are, in words."""

from datetime import date
from decimal import Decimal
from typing import Any

from billing.queries.expenses import expense_name
from billing.states import SourceType
from core.presentation.formats import day, number

HOW = {
    "client_link": "by the client's link",
    "staff": "by document",
    "deemed": "by its terms without an answer",
}


def part_in_words(charge: Any) -> str:
    """Explain a milestone's part or an instalment: its share of which amount, and what made it billable."""
    why = charge.explanation
    if charge.source_type == SourceType.INSTALMENT:
        return f"instalment {why['key']} due {day(date.fromisoformat(why['due_on']))}"
    whole = f"{_plain(why['part'])} % of {number(Decimal(why['of']), places=2)} for {why['name']}"
    before = f" after {_plain(why['before'])} %" if why["before"] != "0" else ""
    signed = f"signed off {HOW[why['how']]} on {day(charge.service_on)} by {why['signer']}"
    short = (
        f"; progress {_plain(why['progress'])} % is below the {_plain(why['required'])} % the terms require"
    )
    return f"{whole}{before}, {signed}" + (short if not charge.billable else "")


def name_of(charge: Any) -> str:
    """Return what a part of a fixed fee or an expense is called, and nothing for work."""
    why = charge.explanation
    if charge.source_type == SourceType.MILESTONE:
        return f"{why['name']}, {_plain(why['part'])} %" if "name" in why else "Milestone"
    if charge.source_type == SourceType.INSTALMENT:
        return f"Instalment {why['key']}" if "key" in why else "Instalment"
    return expense_name(charge) if charge.source_type == SourceType.EXPENSE else ""


def _plain(value: str) -> str:
    return number(Decimal(value))
