"""Run one pass of the engine. The rules stand in the SQL files beside this one, SHOULD before OPEN."""

import uuid
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from django.db import connection
from django.utils import timezone

from billing.pricing.scope import Scope
from core.verbs import set_local

SHOULD = (
    *("work", "rates", "time_and_materials"),
    *("milestones", "instalments", "fixed_fees"),
    *("expenses", "decisions"),
)
# Caps of lines and contracts are asked before the payers' shares, purchase orders after them.
CAPS = ("caps", "claims", "1", "2", "3", "4", "split", "capped")
ORDERS = ("orders", "claims", "5", "split", "ordered")
OPEN = ("difference", "apply")


@dataclass(frozen=True)
class Change:
    """What a pass changed on one contract; `amount` is the change of open and unbilled charges."""

    contract_id: uuid.UUID
    added: int
    changed: int
    removed: int
    waived: int
    amount: Decimal


@dataclass(frozen=True)
class Gap:
    """Work without a price, per cause.

    Amounts are in `currency`, of expenses that of the spend (`spent_in`); `money_at_risk` is an estimate
    or None.
    """

    contract_id: uuid.UUID
    code: str
    role: str
    role_name: str
    region: str
    service_line: str
    work_type: str
    spent_in: str
    entries: int
    hours: Decimal
    first_on: date
    last_on: date
    workers: int
    estimated_price: Decimal | None
    estimate_rate_id: uuid.UUID | None
    money_at_risk: Decimal | None
    currency: str
    legal_entity_id: uuid.UUID
    contract_code: str
    contract_name: str
    customer_name: str


@dataclass(frozen=True)
class Ceiling:
    """How far a cap or purchase order is used; `over_amount` and `over_hours` are what it kept back.

    `ceiling` and `used` are net in the contract's currency, or hours, as `measure` says. Level 1 and 2 are
    the line's hours and amount, 3 and 4 those of the contract, 5 a payer's purchase order.
    """

    contract_id: uuid.UUID
    level: int
    measure: str
    line_key: str | None
    billing_account_id: uuid.UUID | None
    ceiling: Decimal
    used: Decimal
    over_amount: Decimal
    over_hours: Decimal


@dataclass(frozen=True)
class Outcome:
    """The result of a pass: changes per contract, gaps, proposals whose charges moved, ceilings in force."""

    changes: list[Change]
    gaps: list[Gap]
    proposal_ids: list[uuid.UUID]
    ceilings: list[Ceiling]
    whole: bool


def run(scope: Scope) -> Outcome:
    """Make the open charges of the scope what they should be; a step, the contracts must be locked.

    A pass limited to sources widens to the whole contracts when it meets work without a price, so that
    hours and money at risk are always those of the contract.
    """
    today = timezone.localdate().isoformat()
    set_local(priced_on=today, priced_until=scope.until.isoformat() if scope.until else today)
    for step in ("tables", *_scope_statements(scope), "ceilings"):
        _execute(step)
    # Under a ceiling every source may take or leave room for every other one.
    capped = _any("SELECT 1 FROM pricing_ceiling")
    if scope.sources and capped:
        return run(scope.whole())
    for step in (*SHOULD, *(CAPS if capped else ()), "payers", *(ORDERS if capped else ())):
        _execute(step)
    # Before anything is applied: what a pass has applied, a wider one could not report any more.
    if scope.sources and _any("SELECT 1 FROM pricing_gap"):
        return run(scope.whole())
    for step in OPEN:
        _execute(step)
    return Outcome(_changes(), _gaps(), _proposals(), _ceilings(), whole=not scope.sources)


def _scope_statements(scope: Scope) -> tuple[str, ...]:
    contracts = ", ".join(f"'{uuid.UUID(str(identifier))}'" for identifier in sorted(scope.contract_ids))
    statements = [
        f"""INSERT INTO pricing_scope
        SELECT k.id, k.customer_id, k.legal_entity_id, k.currency_id, c.minor_unit, k.retroactivity
        FROM contracts_contract k JOIN core_currency c ON c.code = k.currency_id
        WHERE k.id = ANY(ARRAY[{contracts}]::uuid[])"""
    ]
    if scope.sources:
        sources = ", ".join(f"('{uuid.UUID(str(identifier))}'::uuid)" for identifier in scope.sources)
        statements.append(
            f"""INSERT INTO pricing_focus VALUES {sources};
            INSERT INTO pricing_focus SELECT a.source_id FROM billing_adjustment a
            JOIN pricing_focus f ON f.source_id = a.id ON CONFLICT DO NOTHING;
            INSERT INTO pricing_focus SELECT a.id FROM billing_adjustment a
            JOIN pricing_focus f ON f.source_id = a.source_id ON CONFLICT DO NOTHING"""
        )
    return tuple(statements)


@cache
def _statement(step: str) -> str:
    return (Path(__file__).parent / f"{step}.sql").read_text()


def _execute(step: str) -> None:
    if step.isdigit():
        set_local(cap_level=step)
        step = "cap"
    with connection.cursor() as cursor:
        cursor.execute(step if " " in step else _statement(step))


def _any(query: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS ({query})")
        return bool((cursor.fetchone() or [False])[0])


def _changes() -> list[Change]:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT contract_id, coalesce(sum(rows) FILTER (WHERE action = 'added'), 0)::int,
                 coalesce(sum(rows) FILTER (WHERE action = 'changed'), 0)::int,
                 coalesce(sum(rows) FILTER (WHERE action = 'removed'), 0)::int,
                 coalesce(sum(rows) FILTER (WHERE action = 'waived'), 0)::int, sum(amount)
               FROM pricing_touched GROUP BY contract_id ORDER BY contract_id"""
        )
        return [Change(*row) for row in cursor.fetchall()]


def _gaps() -> list[Gap]:
    with connection.cursor() as cursor:
        cursor.execute(_statement("gaps"))
        names = [column.name for column in cursor.description or []]
        return [Gap(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def _ceilings() -> list[Ceiling]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM pricing_ceiling ORDER BY contract_id, level, line_key, billing_account_id"
        )
        return [Ceiling(*row) for row in cursor.fetchall()]


def _proposals() -> list[uuid.UUID]:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT DISTINCT l.proposal_id FROM pricing_touched t
               JOIN billing_proposalline l ON l.id = t.proposal_line_id ORDER BY 1"""
        )
        return [row[0] for row in cursor.fetchall()]
