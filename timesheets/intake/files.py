"""Read time from a CSV file, and write the refused rows back so that they can be mended and sent again."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from core.errors import Invalid
from core.presentation.export import FORMULA_STARTS, safe
from timesheets.intake.lines import FIELDS, REQUIRED, Line, read_line
from timesheets.intake.reasons import Reason
from timesheets.intake.results import RowResult

MOST_ROWS = 100_000
ENCODINGS = ("utf-8", "cp1252", "latin-1")
REFUSAL_COLUMNS = ("refused_code", "refused_field", "refused_because")
_DELIMITERS = (",", ";", "\t")
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
_NO_TEXT = {
    b"PK\x03\x04": "an Excel workbook or ZIP archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a compressed file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
}


class FileRefused(Invalid):
    """The file as a whole cannot be read; no row of it was taken in."""

    code = "file_unreadable"


@dataclass(frozen=True)
class TimeFile:
    """A file as it was read: its columns, each row's cells, and the lines made of them."""

    columns: list[str]
    cells: dict[int, list[str]]
    lines: list[Line]


def read_time_file(path: Path, *, source_system: str, encoding: str = "utf-8") -> TimeFile:
    """Read a CSV of time; rows are numbered as in a spreadsheet, the heading being row 1.

    Commas, semicolons or tabs separate the columns; a byte-order mark and a decimal comma are fine.
    Refuses what is no text, is cut off, has more than 100,000 rows, or whose heading has unknown,
    repeated or missing columns.
    """
    records = _records(_text_of(path, encoding))
    heading = next(records, None)
    if heading is None:
        raise FileRefused(f"{path.name} is empty.")
    columns = _columns_of(heading)
    cells: dict[int, list[str]] = {}
    for number, record in enumerate(records, start=2):
        if any(cell.strip() for cell in record):
            cells[number] = [_plain(cell) for cell in record]
        if len(cells) > MOST_ROWS:
            raise FileRefused(f"{path.name} has more than {MOST_ROWS:,} rows: split it.")
    if not cells:
        raise FileRefused(f"{path.name} has a heading and no rows.")
    _refuse_cut_off(path, columns, cells)
    lines = [_line(number, columns, record, source_system) for number, record in cells.items()]
    return TimeFile(columns, cells, lines)


def write_refused(target: TextIO, read: TimeFile, refused: Iterable[RowResult]) -> None:
    """Write the refused rows as they came, each with its code, field and sentence behind it."""
    writer = csv.writer(target)
    writer.writerow([*read.columns, *REFUSAL_COLUMNS])
    for result in refused:
        cells = (read.cells[result.row] + [""] * len(read.columns))[: len(read.columns)]
        writer.writerow([*map(safe, cells), result.code, result.field, result.sentence])


def _text_of(path: Path, encoding: str) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FileRefused(f"{path.name} cannot be opened: {error.strerror}.") from error
    for start, what in _NO_TEXT.items():
        if content.startswith(start):
            raise FileRefused(f"{path.name} is {what}, not a CSV: save the sheet as CSV first.")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    try:
        text = content.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise FileRefused(
            f"Line {line} of {path.name} is not {encoding} text: save the file as UTF-8,"
            " or name its encoding."
        ) from error
    if "\0" in text:
        raise FileRefused(f"{path.name} is no text, so it is not a CSV.")
    return text


def _records(text: str) -> Iterator[list[str]]:
    heading = text[: text.find("\n")] if "\n" in text else text
    delimiter = max(_DELIMITERS, key=heading.count)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        where = f"Row {reader.line_num}"
        if "unexpected end" in str(error):
            raise FileRefused(f"{where} ends inside quotes: the file looks cut off.") from error
        raise FileRefused(f"{where} cannot be read: {error}.") from error


def _columns_of(heading: Sequence[str]) -> list[str]:
    columns = ["_".join(cell.strip().lower().split()) for cell in heading]
    known = {*FIELDS, *REFUSAL_COLUMNS}
    if unknown := [name for name in columns if name not in known]:
        raise FileRefused(f"There is no column “{unknown[0][:40]}”: use {', '.join(FIELDS)}.")
    if missing := [name for name in REQUIRED if name not in columns]:
        raise FileRefused(f"The column {missing[0]} is missing: {', '.join(REQUIRED)} are needed.")
    if len(set(columns)) < len(columns):
        raise FileRefused("A column is named twice.")
    return columns


def _refuse_cut_off(path: Path, columns: Sequence[str], cells: dict[int, list[str]]) -> None:
    last = max(cells)
    if len(cells[last]) < len(columns):
        raise FileRefused(
            f"The last row ({last}) of {path.name} has {len(cells[last])} of {len(columns)} columns:"
            " the file looks cut off."
        )


def _line(number: int, columns: Sequence[str], cells: Sequence[str], source_system: str) -> Line:
    if len(cells) != len(columns):
        shown = f"{len(cells)} of {len(columns)}"
        return Line(number, source_system=source_system, reason=Reason("wrong_columns", "", shown))
    values = {name: cell for name, cell in zip(columns, cells, strict=True) if name in FIELDS}
    if _DECIMAL_COMMA.fullmatch(values["hours"].strip()):
        values["hours"] = values["hours"].replace(",", ".")
    return read_line(values, number, source_system)


def _plain(cell: str) -> str:
    """Take off the apostrophe with which a spreadsheet keeps text from becoming a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(FORMULA_STARTS) else cell
