"""Read one given row of time, whoever sent it: text of a file or form, or values of JSON."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from timesheets.intake.reasons import Reason
from timesheets.models import TimeEntry

FIELDS = (
    "worker",
    "project",
    "task",
    "work_date",
    "hours",
    "work_type",
    "location",
    "note",
    "billable",
    "source_key",
)
REQUIRED = ("worker", "project", "task", "work_date", "hours", "source_key")
ORDINARY_WORK = "normal"
OWN_SYSTEM = "tieout"
MOST_HOURS = Decimal(24)
NOTE_LENGTH = TimeEntry._meta.get_field("note").max_length or 0
KEY_LENGTH = TimeEntry._meta.get_field("source_key").max_length or 0

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,6}(\.[0-9]{1,18})?")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_YES_NO = {"": None, "yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class Line:
    """One row as it was understood; `reason` says why it cannot be. `row` counts from 1.

    `settled` marks a line whose project, task and assignment were accepted before: they may have been
    closed since.
    """

    row: int
    worker: str = ""
    project: str = ""
    task: str = ""
    work_date: date | None = None
    hours: Decimal | None = None
    work_type: str = ORDINARY_WORK
    location: str = ""
    note: str = ""
    billable: bool | None = None
    source_system: str = OWN_SYSTEM
    source_key: str = ""
    settled: bool = False
    reason: Reason | None = field(default=None, compare=False)


class _Unreadable(Exception):
    def __init__(self, code: str, name: str, value: object = "") -> None:
        super().__init__(code)
        self.reason = Reason(code, name, str(value)[:80])


def read_lines(rows: Iterable[object], *, source_system: str, first: int = 1) -> list[Line]:
    """Read rows in order, numbered from `first`; a row that cannot be read carries its reason."""
    return [read_line(row, number, source_system) for number, row in enumerate(rows, start=first)]


def read_line(values: object, row: int, source_system: str) -> Line:
    """Read one row of named values; never raises, whatever it is given."""
    if not isinstance(values, Mapping):
        return Line(row, source_system=source_system, reason=Reason("wrong_type", "", "row"))
    try:
        return _read(values, row, source_system)
    except _Unreadable as error:
        key = values.get("source_key")
        shown = _UNSTORABLE.sub("", key)[:KEY_LENGTH] if isinstance(key, str) else ""
        return Line(row, source_system=source_system, source_key=shown, reason=error.reason)


def _read(values: Mapping[object, object], row: int, source_system: str) -> Line:
    if unknown := [name for name in values if name not in FIELDS]:
        raise _Unreadable("unknown_field", str(unknown[0])[:40], unknown[0])
    texts = {name: _text(name, values.get(name)) for name in FIELDS}
    for name in REQUIRED:
        if not texts[name]:
            raise _Unreadable("required", name)
    if len(texts["source_key"]) > KEY_LENGTH:
        raise _Unreadable("key_too_long", "source_key", KEY_LENGTH)
    if len(texts["note"]) > NOTE_LENGTH:
        raise _Unreadable("note_too_long", "note", NOTE_LENGTH)
    return Line(
        row=row,
        worker=texts["worker"],
        project=texts["project"],
        task=texts["task"],
        work_date=_day(texts["work_date"]),
        hours=_hours(texts["hours"]),
        work_type=texts["work_type"] or ORDINARY_WORK,
        location=texts["location"],
        note=texts["note"],
        billable=_yes_or_no(texts["billable"]),
        source_system=source_system,
        source_key=texts["source_key"],
    )


def _text(name: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        if _UNSTORABLE.search(value):
            raise _Unreadable("unstorable_text", name)
        return value.strip()
    if isinstance(value, bool) and name == "billable":
        return "yes" if value else "no"
    if name == "hours" and isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return str(value)
    if name != "note" and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise _Unreadable("wrong_type", name, type(value).__name__)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError as error:
        raise _Unreadable("date_unreadable", "work_date", text) from error


def _hours(text: str) -> Decimal:
    if not _NUMBER.fullmatch(text):
        raise _Unreadable("hours_unreadable", "hours", text)
    hours = Decimal(text)
    if hours <= 0:
        raise _Unreadable("hours_not_positive", "hours", text)
    if hours > MOST_HOURS:
        raise _Unreadable("hours_over_24", "hours", text)
    if hours != round(hours, 4):
        raise _Unreadable("hours_too_precise", "hours", text)
    return hours


def _yes_or_no(text: str) -> bool | None:
    if text.lower() not in _YES_NO:
        raise _Unreadable("billable_unreadable", "billable", text)
    return _YES_NO[text.lower()]
