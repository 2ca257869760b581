"""Read one given expense, whoever sent it: text of a form, or values of JSON."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from core.models import Attachment
from timesheets.intake.expenses.reasons import ExpenseReason

_TEXTS = ("worker", "project", "task", "category", "currency", "vendor", "note", "source_key")
_AMOUNTS = ("net", "tax", "quantity")
_FLAGS = ("pass_through", "reimbursable", "billable")
FIELDS = (*_TEXTS, "spent_on", *_AMOUNTS, *_FLAGS)
REQUIRED = ("worker", "project", "task", "category", "spent_on", "source_key")
OWN_SYSTEM = "tieout"
MOST = Decimal(10_000_000)
_LENGTHS = {"note": 500, "vendor": 120, "source_key": 80, "currency": 3}

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,18})?")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_YES_NO = {"": None, "yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class ExpenseLine:
    """One expense as it was understood; `reason` says why it cannot be. `row` counts from 1.

    What is None was not said. `settled` marks one whose project, task, assignment and category were
    accepted before: they may have ended since.
    """

    row: int
    worker: str = ""
    project: str = ""
    task: str = ""
    category: str = ""
    spent_on: date = date.min
    currency: str = ""
    net: Decimal | None = None
    tax: Decimal = Decimal(0)
    quantity: Decimal | None = None
    vendor: str = ""
    pass_through: bool | None = None
    reimbursable: bool | None = None
    billable: bool | None = None
    note: str = ""
    source_system: str = OWN_SYSTEM
    source_key: str = ""
    settled: bool = False
    receipt: Attachment | None = None
    reason: ExpenseReason | None = field(default=None, compare=False)


class _Unreadable(Exception):
    def __init__(self, code: str, name: str, value: object = "") -> None:
        super().__init__(code)
        self.reason = ExpenseReason(code, name, str(value)[:80])


def read_expense_lines(rows: Iterable[object], *, source_system: str) -> list[ExpenseLine]:
    """Read rows in order, numbered from 1; a row that cannot be read carries its reason."""
    return [read_expense_line(row, number, source_system) for number, row in enumerate(rows, start=1)]


def read_expense_line(values: object, row: int, source_system: str) -> ExpenseLine:
    """Read one row of named values; never raises, whatever it is given."""
    if not isinstance(values, Mapping):
        return ExpenseLine(row, source_system=source_system, reason=ExpenseReason("wrong_type", "", "row"))
    try:
        return _read(values, row, source_system)
    except _Unreadable as error:
        key = values.get("source_key")
        shown = _UNSTORABLE.sub("", key)[:80] if isinstance(key, str) else ""
        return ExpenseLine(row, source_system=source_system, source_key=shown, reason=error.reason)


def _read(values: Mapping[object, object], row: int, source_system: str) -> ExpenseLine:
    if unknown := [name for name in values if name not in FIELDS]:
        raise _Unreadable("unknown_field", str(unknown[0])[:40], unknown[0])
    given = {name: _text(name, values.get(name)) for name in FIELDS}
    for name in REQUIRED:
        if not given[name]:
            raise _Unreadable("required", name)
    for name, length in _LENGTHS.items():
        if len(given[name]) > length:
            raise _Unreadable("text_too_long", name, length)
    tax = _amount("tax", given["tax"]) or Decimal(0)
    if tax < 0:
        raise _Unreadable("tax_negative", "tax")
    return ExpenseLine(
        row=row,
        worker=given["worker"],
        project=given["project"],
        task=given["task"],
        category=given["category"],
        currency=given["currency"].upper(),
        vendor=given["vendor"],
        note=given["note"],
        source_key=given["source_key"],
        spent_on=_day(given["spent_on"]),
        net=_positive("net", given["net"]),
        tax=tax,
        quantity=_positive("quantity", given["quantity"]),
        pass_through=_flag("pass_through", given["pass_through"]),
        reimbursable=_flag("reimbursable", given["reimbursable"]),
        billable=_flag("billable", given["billable"]),
        source_system=source_system,
    )


def _text(name: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        if _UNSTORABLE.search(value):
            raise _Unreadable("unstorable_text", name)
        return value.strip()
    if isinstance(value, bool):
        if name in _FLAGS:
            return "yes" if value else "no"
    elif isinstance(value, int) or (name in _AMOUNTS and isinstance(value, float | Decimal)):
        return str(value)
    raise _Unreadable("wrong_type", name, type(value).__name__)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError as error:
        raise _Unreadable("date_unreadable", "spent_on", text) from error


def _amount(name: str, text: str) -> Decimal | None:
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        raise _Unreadable("amount_unreadable", name, text)
    amount = Decimal(text)
    if abs(amount) > MOST:
        raise _Unreadable("amount_too_large", name, text)
    if amount != round(amount, 4):
        raise _Unreadable("amount_too_precise", name, text)
    return amount


def _positive(name: str, text: str) -> Decimal | None:
    amount = _amount(name, text)
    if amount is not None and amount <= 0:
        raise _Unreadable("amount_not_positive", name, text)
    return amount


def _flag(name: str, text: str) -> bool | None:
    if text.lower() not in _YES_NO:
        raise _Unreadable("flag_unreadable", name, text)
    return _YES_NO[text.lower()]
