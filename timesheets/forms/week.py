"""What people type into the week sheet."""

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from core.errors import Invalid, Stale
from timesheets.actions.weeks import Cell
from timesheets.intake.results import IntakeResult
from timesheets.queries.weeks import DAYS, SheetCell, SheetRow, WeekSheet, Work

MOST_ROWS = 60
_CLOCK = re.compile(r"([0-9]{1,2}):([0-5][0-9])")
_CELL_FIELDS = ("hours", "work_date")


def typed_week(posted: Mapping[str, str], sheet: WeekSheet) -> WeekSheet:
    """Return the sheet with what was typed into it; refuse when the week changed since it was opened."""
    if posted.get("seen") != sheet.fingerprint:
        raise Stale("This week was changed since you opened it. Here is how it stands now.")
    count = posted.get("rows", "0")
    if not count.isascii() or not count.isdecimal() or int(count[:4]) > MOST_ROWS:
        raise Invalid(f"A week has at most {MOST_ROWS} rows.", field="rows")
    return sheet.with_rows(_row(posted, sheet, place) for place in range(int(count)))


def with_blank_rows(sheet: WeekSheet, count: int = 1) -> WeekSheet:
    """Return the sheet with rows to type into at its end."""
    blank = SheetRow(Work(), tuple(SheetCell(day) for day in sheet.days))
    return sheet.with_rows((*sheet.rows, *[blank] * max(count if sheet.rows else 2, 0)))


def cells_of(sheet: WeekSheet) -> list[Cell]:
    """Return the figures of a typed sheet that the verb has to look at, row by row."""
    return [
        Cell(
            project=row.work.project,
            task=row.work.task,
            work_date=cell.day,
            hours=decimal_hours(cell.hours),
            work_type=row.work.work_type,
            location=row.work.location,
            note=row.work.note,
            entry_id=cell.entry_id,
        )
        for row, cell in _typed_cells(sheet)
    ]


def with_refusals(sheet: WeekSheet, result: IntakeResult) -> WeekSheet:
    """Return the typed sheet with each refusal at the figure or the row it is about."""
    places = [(row, cell) for row, cell in _typed_cells(sheet)]
    refused = {id(places[found.row - 1][1]): found for found in result.refused}
    rows = []
    for row in sheet.rows:
        errors = [refused[id(cell)] for cell in row.cells if id(cell) in refused]
        of_row = [found.sentence for found in errors if found.field not in _CELL_FIELDS]
        of_cells = {id_: found.sentence for id_, found in refused.items() if found.field in _CELL_FIELDS}
        cells = tuple(replace(cell, error=of_cells.get(id(cell), "")) for cell in row.cells)
        rows.append(replace(row, cells=cells, error=" ".join(dict.fromkeys(of_row))))
    return sheet.with_rows(rows)


def decimal_hours(text: str) -> str:
    """Return hours as decimals: 7,5 and 7:30 both mean 7.5; anything else stays as it was typed."""
    if clock := _CLOCK.fullmatch(text.strip()):
        hours = Decimal(clock[1]) + Decimal(clock[2]) / 60
        return f"{round(hours, 4).normalize():f}"
    return text.strip().replace(",", ".", 1)


def _typed_cells(sheet: WeekSheet) -> list[tuple[SheetRow, SheetCell]]:
    return [
        (row, cell)
        for row in sheet.rows
        for cell in row.cells
        if cell.editable and (cell.hours.strip() or cell.entry_id)
    ]


def _row(posted: Mapping[str, str], sheet: WeekSheet, place: int) -> SheetRow:
    known = sheet.rows[place] if place < len(sheet.rows) else None
    project, _, task = posted.get(f"row-{place}-work", "").partition("/")
    work = Work(
        project=project,
        task=task,
        work_type=posted.get(f"row-{place}-type", ""),
        location=posted.get(f"row-{place}-location", ""),
        note=posted.get(f"row-{place}-note", "").strip(),
    )
    if known and known.fixed:
        work = known.work
    cells = (_cell(posted, sheet, known, place, number) for number in range(DAYS))
    return SheetRow(work, tuple(cells))


def _cell(
    posted: Mapping[str, str], sheet: WeekSheet, known: SheetRow | None, place: int, number: int
) -> SheetCell:
    cell = known.cells[number] if known else SheetCell(sheet.days[number])
    if not cell.editable:
        return cell
    return replace(cell, hours=posted.get(f"row-{place}-day-{number}", ""))
