"""One charge with its whole source: the work, every slice billed or open, and the decisions about it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from billing.models import Adjustment, Charge, Hold
from billing.queries.addresses import contract_address, entry_address, proposal_address
from billing.queries.explanations import MEASURED, UNITS, Explanation, explain_charge, explained, root_of
from billing.queries.fixed_fees import name_of
from billing.states import ChargeUnit
from core.models import User
from core.permissions import holds
from core.presentation.formats import day, money, number, quantity
from core.presentation.parts import Fact
from timesheets.models import TimeEntry

INVOICED = "This work is on an invoice already: it takes a credit."


@dataclass(frozen=True)
class Slice:
    """A charge of the source with its explanation; `href` leads to its document."""

    charge: Any
    explanation: Explanation
    href: str

    @property
    def measured(self) -> bool:
        """Say whether quantity and price mean something; discounts and decisions are amounts."""
        return self.charge.component in MEASURED and self.charge.unit != ChargeUnit.ITEM

    @property
    def unit(self) -> str:
        return UNITS[self.charge.unit]


@dataclass(frozen=True)
class SourcePage:
    """Everything on the page of a charge. `invoiced` and `open_amount` are in the contract's currency.

    `no_hold` and `no_decision` say why the work cannot be held or decided about any more.
    """

    charge: Any
    source_id: UUID
    facts: tuple[Fact, ...]
    slices: tuple[Slice, ...]
    entries: tuple[TimeEntry, ...]
    invoiced: Decimal
    open_amount: Decimal
    hold: Hold | None
    decisions: tuple[Adjustment, ...]
    may_decide: bool
    no_hold: str
    no_decision: str


def source_page(found: Charge, user: User) -> SourcePage:
    """Return the page of a charge the person may see."""
    charge: Any = explained(Charge.objects.all()).get(pk=found.pk)
    source_id = root_of(charge)
    decisions = list(
        Adjustment.objects.filter(contract=charge.contract, source_id=source_id)
        .select_related("author", "approved_by")
        .order_by("-created_at")
    )
    sources = [source_id, *(one.pk for one in decisions)]
    rows = list(
        explained(Charge.objects.filter(contract=charge.contract, source_id__in=sources)).order_by(
            "created_at", "id"
        )
    )
    fixed = [row for row in rows if row.fixed_at]
    billable = [row for row in rows if row.billable]
    return SourcePage(
        charge=charge,
        source_id=source_id,
        facts=_facts(charge),
        slices=tuple(_slice(row) for row in rows),
        entries=tuple(_entries(source_id)),
        invoiced=sum((row.amount for row in billable if row.fixed_at), Decimal(0)),
        open_amount=sum((row.amount for row in billable if not row.fixed_at), Decimal(0)),
        hold=_hold(charge.contract_id, source_id),
        decisions=tuple(decisions),
        may_decide=holds(user, "billing.decide", charge.contract.legal_entity_id),
        no_hold=INVOICED if len(fixed) == len(rows) else "",
        no_decision=INVOICED if fixed else "",
    )


def _facts(charge: Any) -> tuple[Fact, ...]:
    part = charge.unit == ChargeUnit.ITEM
    return (
        *([] if part else [Fact("Person", charge.worker_name or "")]),
        Fact("Priced on" if part else "Work date", day(charge.service_on)),
        Fact("Contract", charge.contract.code, contract_address(charge.contract.code)),
        Fact("Project", f"{charge.project.code} {charge.project.name}"),
        *([Fact("Part", name_of(charge))] if part else _of_work(charge)),
        *(_measures(charge) if charge.component in MEASURED and not part else ()),
        Fact("Amount", money(charge.amount, charge.currency)),
        Fact("Books of", day(charge.accounting_on, "month")),
    )


def _of_work(charge: Any) -> list[Fact]:
    return [Fact("Task", charge.task_name or ""), Fact("Role", charge.role_name or charge.role)]


def _measures(charge: Any) -> tuple[Fact, ...]:
    worked = f"{number(charge.worked_quantity)} h worked"
    return (
        Fact("Quantity", quantity(charge.quantity, UNITS[charge.unit]), quiet=worked),
        Fact("Price", number(charge.unit_price, places=2), quiet=f"per {charge.unit}"),
    )


def _slice(charge: Any) -> Slice:
    return Slice(charge, explain_charge(charge), proposal_address(charge.document) if charge.document else "")


def _entries(source_id: UUID) -> list[TimeEntry]:
    chain = TimeEntry.objects.filter(root_id=source_id).select_related("approved_by").order_by("id")
    entries = list(chain)
    for entry in entries:
        entry.__dict__["href"] = entry_address(entry.pk)
    return entries


def _hold(contract_id: UUID, source_id: UUID) -> Hold | None:
    active = Hold.objects.filter(contract=contract_id, source_id=source_id, released_at=None)
    return active.select_related("placed_by").first()
