"""How far the caps and purchase orders of a contract are used, on its page."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest

from billing.models import CeilingUse
from billing.queries.addresses import charges_address
from billing.states import NotBillable
from contracts.models import Contract
from core.pages import person_of
from core.permissions import holds
from core.presentation.formats import money, number, quantity
from core.presentation.panels import Panel

OVER = (NotBillable.OVER_CAP, NotBillable.OVER_ORDER)
NAMES = {
    "line": "the cap of the line",
    "contract": "the cap of the contract",
    "order": "the purchase order",
}


@dataclass(frozen=True)
class Room:
    """One ceiling with what is billed under it, what is left, and the charges it kept back."""

    name: str
    detail: str
    used: str
    ceiling: str
    left: str
    filled: int
    over: str
    href: str


def of_contract(request: HttpRequest, contract: Contract) -> Panel | None:
    """Return the ceilings in force on a contract; nothing where there are none or charges are not shown."""
    if not holds(person_of(request), "charge.view", contract.legal_entity_id):
        return None
    uses = CeilingUse.objects.filter(contract=contract).select_related("billing_account")
    rooms = [_room(contract, use) for use in uses]
    return Panel("charges/ceilings.html", rooms) if rooms else None


def cap_in_words(explanation: Mapping[str, Any]) -> list[str]:
    """Return for each ceiling that split a charge what it let through."""
    notes = [explanation[name] for name in ("cap", "order") if name in explanation]
    return [
        f"{NAMES[note['on']]} ({_measured(note)}) leaves room for {_amount(note['billed'])}"
        f" of {_amount(note['of'])}"
        for note in notes
    ]


def _room(contract: Contract, use: CeilingUse) -> Room:
    def said(value: Decimal) -> str:
        return quantity(value, "h") if use.in_hours else money(value, contract.currency_id)

    label = use.get_level_display()
    return Room(
        name=label[:1].upper() + label[1:],
        detail=use.line_key or (str(use.billing_account) if use.billing_account else ""),
        used=said(use.used),
        ceiling=said(use.ceiling),
        left=said(max(use.ceiling - use.used, Decimal(0))),
        filled=int(min(use.used * 100 / use.ceiling, Decimal(100))) if use.ceiling else 100,
        over=money(use.over_amount, contract.currency_id) if use.over_amount else "",
        href=charges_address(contract=contract.code, over="yes"),
    )


def _measured(note: Mapping[str, str]) -> str:
    return quantity(Decimal(note["ceiling"]), "h") if note["measure"] == "hours" else _amount(note["ceiling"])


def _amount(text: str) -> str:
    return number(Decimal(text), places=2)
