"""Why a charge is what it is: one sentence, and links to the card, the terms, the work and the decision."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.dateparse import parse_datetime

from billing.models import Adjustment, Charge
from billing.queries.addresses import (
    entry_address,
    expense_address,
    milestone_address,
    proposal_address,
    rate_card_address,
    version_address,
)
from billing.queries.ceilings import cap_in_words
from billing.queries.expenses import expense_in_words
from billing.queries.fixed_fees import part_in_words
from billing.states import ChargeUnit, Component, NotBillable, SourceType
from contracts.models import ANY, DeliveryRole, Payer, Rate
from core.presentation.formats import day, number
from core.presentation.parts import Link
from projects.models import Task, Worker
from timesheets.models import Expense, TimeEntry
from timesheets.states import EntryKind, EntryStatus, ExpenseKind

# What is counted in hours or days; discounts and decisions are amounts.
MEASURED = (Component.BASE, Component.EFFORT, Component.OVER_CAP, Component.OVER_ORDER)
UNITS = {"hour": "h", "day": "d", "item": ""}
DIMENSIONS = ("worker", "role", "region", "service_line", "work_type")


@dataclass(frozen=True)
class Explanation:
    """A charge in one sentence, and where each of its grounds is shown."""

    sentence: str
    links: tuple[Link, ...]


def explained(charges: QuerySet[Charge]) -> QuerySet[Any]:
    """Add to charges what their explanation names, in the same query."""
    entry = TimeEntry.objects.filter(root_id=OuterRef("source_id"), status=EntryStatus.APPROVED)
    entry = entry.exclude(kind=EntryKind.REVERSAL)
    expense = Expense.objects.filter(root_id=OuterRef("source_id"), status=EntryStatus.APPROVED)
    expense = expense.exclude(kind=ExpenseKind.REVERSAL)
    decision = Adjustment.objects.filter(pk=OuterRef("source_id"))
    payer = Payer.objects.filter(
        contract_version=OuterRef("contract_version"), billing_account=OuterRef("billing_account")
    )
    return charges.select_related("contract", "project", "contract_version", "rate__card").annotate(
        worker_name=Subquery(Worker.objects.filter(pk=OuterRef("worker_id")).values("name")),
        task_name=Subquery(Task.objects.filter(pk=OuterRef("task_id")).values("name")),
        role_name=Subquery(DeliveryRole.objects.filter(code=OuterRef("role")).values("name")),
        entry_id=Subquery(entry.values("pk")[:1]),
        expense_id=Subquery(expense.values("pk")[:1]),
        approved_at=Coalesce(
            Subquery(entry.values("approved_at")[:1]), Subquery(expense.values("approved_at")[:1])
        ),
        share=Subquery(payer.values("percent")),
        decision_reason=Subquery(decision.values("reason")),
        document=F("proposal_line__proposal__number"),
        original_document=F("reverses__proposal_line__proposal__number"),
    )


def root_of(charge: Charge) -> UUID:
    """Return the work behind a charge; an adjustment's is the work it adjusts."""
    if charge.source_type != SourceType.ADJUSTMENT:
        return charge.source_id
    return Adjustment.objects.values_list("source_id", flat=True).get(pk=charge.source_id)


def explain_charge(charge: Charge) -> Explanation:
    """Explain one charge; rows of `explained` cost no further query."""
    known = charge if hasattr(charge, "share") else explained(Charge.objects.all()).get(pk=charge.pk)
    sentence = _sentence(known)
    return Explanation(sentence[:1].upper() + sentence[1:], _links(known))


def _sentence(charge: Any) -> str:
    if charge.component == Component.EFFORT:
        fixed = charge.not_billable_reason == NotBillable.FIXED_FEE
        why = "covered by the fixed fee of the line" if fixed else "not billable"
        return f"{_hours(charge.worked_quantity)} {why}"
    start = _start(charge)
    if charge.component == Component.DISCOUNT:
        body = f"discount of {_plain(charge.explanation['percent'])} % on {_money(charge.explanation['of'])}"
    elif charge.source_type == SourceType.ADJUSTMENT:
        word = "reduced" if charge.component == Component.WRITE_DOWN else "raised"
        body = f"{word} by {number(abs(charge.amount), places=2)}: {charge.decision_reason}"
    elif charge.source_type == SourceType.EXPENSE:
        body = expense_in_words(charge)
    else:
        body = part_in_words(charge) if charge.unit == ChargeUnit.ITEM else _priced(charge)
    return "; ".join(part for part in (start + body, *_terms(charge)) if part)


def _start(charge: Any) -> str:
    kind = charge.slice.split("-")[0]
    if kind == "reversal":
        return f"takes back what {charge.original_document} billed: "
    if kind == "credit":
        return f"credits {number(abs(charge.amount), places=2)} of what {charge.original_document} billed: "
    if kind == "price":
        return "priced anew after the credit: "
    if kind == "delta":
        return f"{number(charge.amount, places=2, sign=True)} against what is invoiced: "
    return ""


def _priced(charge: Any) -> str:
    why, price = charge.explanation, number(charge.unit_price, places=2)
    if "multiplier" in why:
        price += f" ({number(Decimal(why['price']), places=2)} × {_plain(why['multiplier'])})"
    if charge.slice.startswith("delta") and not charge.quantity:
        return f"the price is now {price}: {_row(charge)}"
    worked = ""
    if "increment" in why or charge.unit == "day":
        rounded = f", rounded {_increment(why['increment'])}" if "increment" in why else ""
        days = f" at {_plain(why['hours_per_day'])} h a day" if "hours_per_day" in why else ""
        worked = f" ({_hours(charge.worked_quantity)} worked{rounded}{days})"
    return f"{number(charge.quantity, places=2)} {UNITS[charge.unit]}{worked} × {price}: {_row(charge)}"


def _row(charge: Any) -> str:
    rate: Rate | None = charge.rate
    if rate is None:
        agreed = "agreed price of the assignment" if "assignment" in charge.explanation else ""
        return ", ".join(part for part in (charge.role, agreed) if part)
    named = [value for name in DIMENSIONS if (value := getattr(rate, name)) != ANY]
    since = f" from {day(rate.valid.lower)}" if rate.valid.lower else ""
    return f"{', '.join(named) or 'any work'}; card {rate.card.code} row{since}"


def _terms(charge: Any) -> list[str]:
    parts = [f"version {charge.contract_version.number}" if charge.contract_version else ""]
    if known_at := parse_datetime(charge.explanation.get("known_at", "")):
        parts.append(f"kept at the terms known on {day(known_at.date())}")
    if charge.share is not None and charge.share != 100:
        whole = charge.explanation.get("billed") if charge.unit != ChargeUnit.ITEM else None
        of = f" of {number(Decimal(whole), places=2)} {UNITS[charge.unit]}" if whole else ""
        parts.append(f"share of {_plain(charge.share)} %{of}")
    parts += cap_in_words(charge.explanation)
    if charge.not_billable_reason:
        parts.append(charge.get_not_billable_reason_display().lower())
    return parts


def _links(charge: Any) -> tuple[Link, ...]:
    links = []
    if charge.rate:
        links.append(Link(f"Card {charge.rate.card.code}", rate_card_address(charge.rate.card.code)))
    if charge.contract_version:
        label = f"{charge.contract.code} version {charge.contract_version.number}"
        links.append(Link(label, version_address(charge.contract.code, charge.contract_version.number)))
    if milestone := charge.explanation.get("milestone"):
        links.append(Link(f"Milestone {milestone}", milestone_address(milestone)))
    if charge.entry_id:
        links.append(Link(f"Time of {day(charge.service_on)}", entry_address(charge.entry_id)))
    if charge.expense_id:
        links.append(Link(f"Expense of {day(charge.service_on)}", expense_address(charge.expense_id)))
    if charge.original_document:
        links.append(Link(charge.original_document, proposal_address(charge.original_document)))
    return tuple(links)


def _increment(text: str) -> str:
    how, step = text.split()
    return f"{how} to {_plain(step)} h"


def _hours(value: Decimal) -> str:
    return f"{number(value, places=2)} h"


def _money(text: str) -> str:
    return number(Decimal(text), places=2)


def _plain(value: str | Decimal) -> str:
    return number(Decimal(value))
