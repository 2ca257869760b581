"""Expenses as people enter them, for tests of what happens to them."""

import struct
import zlib
from dataclasses import replace
from decimal import Decimal
from typing import Any

from contracts.models import ExpenseCategory
from core.actors import Actor
from core.models import User
from projects.actions.uploads import Upload
from tests.factories import ExpenseCategoryFactory
from tests.timesheets.builders import TODAY, Firm
from timesheets.actions.expense_decisions import approve_expenses
from timesheets.actions.expenses import enter_expense, record_expenses
from timesheets.intake.expenses.checking import line_of
from timesheets.intake.expenses.lines import ExpenseLine, read_expense_line, read_expense_lines
from timesheets.intake.results import IntakeResult
from timesheets.models import Expense


def categories() -> dict[str, ExpenseCategory]:
    """Create hotel without limits, meals with a day's ceiling and receipts, mileage by the kilometre."""
    return {
        "hotel": ExpenseCategoryFactory.create(),
        "meals": ExpenseCategoryFactory.create(
            code="meals",
            name="Meals",
            ceiling=Decimal(60),
            ceiling_per="day",
            receipt_above=Decimal(25),
        ),
        "mileage": ExpenseCategoryFactory.create(
            code="mileage", name="Mileage", unit="km", unit_price=Decimal("0.45")
        ),
    }


def given(key: str = "1", **changes: Any) -> dict[str, Any]:
    """Return a good row as a form or the API brings it; None takes a field away."""
    good = {
        "worker": "ANNA",
        "project": "RAIL",
        "task": "BUILD",
        "category": "hotel",
        "spent_on": "2026-11-03",
        "currency": "GBP",
        "net": "120.00",
        "tax": "24.00",
        "note": "One night in York",
        "source_key": key,
    }
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def line(key: str = "1", **changes: Any) -> ExpenseLine:
    """Return the good row as our own form reads it."""
    return read_expense_line(given(key, **changes), 1, "tieout")


def send(user: User, *rows: Any, submit: bool = False) -> IntakeResult:
    """Record rows of the system `trips` on behalf of somebody."""
    lines = read_expense_lines(rows, source_system="trips")
    return record_expenses(lines, actor=Actor.of(user), on=TODAY, submit=submit)


def submitted_expense(firm: Firm, key: str = "1", **changes: Any) -> Expense:
    """Enter and submit one expense of the firm's consultant."""
    actor = Actor.of(firm.consultant)
    return enter_expense(line(key, **changes), actor=actor, on=TODAY, submit=True)


def approved_expense(firm: Firm, key: str = "1", **changes: Any) -> Expense:
    """Enter, submit and approve one expense."""
    expense = submitted_expense(firm, key, **changes)
    approve_expenses({expense.pk: None}, actor=Actor.of(firm.pmo))
    return Expense.objects.get(pk=expense.pk)


def instead(expense: Expense, **changes: Any) -> ExpenseLine:
    """Return the expense as a row, with changes, for its correction."""
    return replace(line_of(expense), **changes)


def picture(name: str = "receipt.png") -> Upload:
    """Return a small PNG as it is uploaded."""
    rows = zlib.compress(b"\0\xff" * 1)
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    chunks = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
    return Upload(name, b"\x89PNG\r\n\x1a\n" + b"".join(chunks))


def stored_expenses() -> list[dict[str, Any]]:
    """Return every expense as plain values, to compare whole tables."""
    names = ("source_key", "status", "kind", "spent_on", "net", "tax", "currency_id", "quantity", "version")
    return list(Expense.objects.order_by("source_system", "source_key").values(*names))
