"""`manage.py import_time`: files of any shape, a result per row, refused rows to mend and send again."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from core.actors import Actor
from core.models import Event
from tests.timesheets.builders import TODAY, Firm, lines, row, stored
from timesheets.actions.intake import record_time
from timesheets.intake.lines import FIELDS
from timesheets.intake.reasons import SENTENCES
from timesheets.models import TimeEntry, Timesheet

HEADING = "worker,project,task,work_date,hours,source_key,note"
GOOD = "ANNA,RAIL,BUILD,2026-11-03,7.5,1,Wiring plans"


@pytest.fixture
def file(tmp_path: Path, firm: Firm) -> Path:
    """A file with one good row."""
    path = tmp_path / "time.csv"
    path.write_text(f"{HEADING}\n{GOOD}\n")
    return path


def run(path: Path, *options: str) -> tuple[int, str]:
    output = StringIO()
    try:
        call_command("import_time", str(path), *options, stdout=output)
    except SystemExit as end:
        return int(str(end.code)), output.getvalue()
    return 0, output.getvalue()


def refused(path: Path, *options: str) -> str:
    before = stored(), Timesheet.objects.count(), Event.objects.count()
    with pytest.raises(CommandError) as caught:
        call_command("import_time", str(path), *options)
    assert (stored(), Timesheet.objects.count(), Event.objects.count()) == before
    return str(caught.value)


def test_a_file_gives_the_same_entries_as_the_api(file: Path, firm: Firm) -> None:
    assert run(file, "--as", firm.consultant.username) == (
        0,
        "1 row: 1 created, 0 updated, 0 unchanged, 0 refused.\n",
    )
    imported = stored()
    TimeEntry.objects.all().delete()
    record_time(lines(row()), actor=Actor.of(firm.consultant), on=TODAY)
    assert stored() == imported


def test_a_file_imported_twice_counts_once(file: Path) -> None:
    run(file, "--submit")
    before = stored()
    assert run(file, "--submit") == (0, "1 row: 0 created, 0 updated, 1 unchanged, 0 refused.\n")
    assert stored() == before


def test_a_dry_run_writes_nothing(file: Path) -> None:
    file.write_text(f"{HEADING}\n{GOOD}\nANNA,RAIL,PAINT,2026-11-03,1,2,\n")
    code, output = run(file, "--dry-run")
    assert (code, stored(), Timesheet.objects.count(), Event.objects.count()) == (1, [], 0, 0)
    assert output == (
        "Row 3 refused (unknown_task): The project RAIL has no task with the code PAINT.\n"
        "2 rows: 1 created, 0 updated, 0 unchanged, 1 refused. Nothing was written: this was a dry run.\n"
    )


def test_every_row_is_told_when_asked(file: Path) -> None:
    assert run(file, "-v", "2")[1].splitlines()[0] == "Row 2 created"


def test_refused_rows_are_mended_and_sent_again(file: Path, tmp_path: Path) -> None:
    file.write_text(
        f"{HEADING}\n{GOOD}\n\nANNA,RAIL,PAINT,2026-11-03,1,2,=1+1\nBOB,RAIL,BUILD,x,1,3\nANNA,,,,,4,\n"
    )
    out = tmp_path / "refused.csv"
    assert run(file, "--rejected", str(out))[0] == 1
    text = out.read_text(encoding="utf-8-sig")
    assert text.splitlines() == [
        f"{HEADING},refused_code,refused_field,refused_because",
        "ANNA,RAIL,PAINT,2026-11-03,1,2,'=1+1,unknown_task,task,"
        "The project RAIL has no task with the code PAINT.",
        "BOB,RAIL,BUILD,x,1,3,,wrong_columns,,The row has 6 of 7 columns.",
        "ANNA,,,,,4,,required,project,Project is missing.",
    ]
    mended = "\n".join(text.replace("PAINT", "BUILD").splitlines()[:2])
    out.write_text(mended, encoding="utf-8-sig")
    assert run(out)[0] == 0
    assert TimeEntry.objects.get(source_key="2").note == "=1+1"


@pytest.mark.parametrize(
    ("content", "hours"),
    [
        (f"\ufeff{HEADING}\r\n{GOOD}\r\n".encode(), "7.5000"),
        (f"{HEADING}\n{GOOD}\n".encode("utf-16"), "7.5000"),
        (f"{HEADING}\n{GOOD}".replace(",", ";").replace("7.5", "7,5").encode(), "7.5000"),
        (f"{HEADING}\n{GOOD}".replace(",", "\t").encode(), "7.5000"),
        (f'Worker,Project,Task,"Work date",Hours,Source key\n{GOOD.rpartition(",")[0]}'.encode(), "7.5000"),
    ],
    ids=[
        "byte-order mark",
        "utf-16",
        "semicolons and decimal comma",
        "tabs",
        "headings as people write them",
    ],
)
def test_spreadsheets_of_many_kinds_are_read(file: Path, content: bytes, hours: str) -> None:
    file.write_bytes(content)
    assert run(file)[0] == 0
    assert [str(entry["hours"]) for entry in stored()] == [hours]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "time.csv is empty."),
        (f"{HEADING}\n\n".encode(), "time.csv has a heading and no rows."),
        (
            b"PK\x03\x04rest",
            "time.csv is an Excel workbook or ZIP archive, not a CSV: save the sheet as CSV first.",
        ),
        (b"%PDF-1.7", "time.csv is a PDF, not a CSV: save the sheet as CSV first."),
        (b"worker\0project", "time.csv is no text, so it is not a CSV."),
        (
            f"{HEADING}\n{GOOD} Zürich\n".encode("latin-1"),
            "Line 2 of time.csv is not utf-8 text: save the file as UTF-8, or name its encoding.",
        ),
        (
            f"{HEADING}\n{GOOD}\nANNA,RAIL,BUI".encode(),
            "The last row (3) of time.csv has 3 of 7 columns: the file looks cut off.",
        ),
        (
            f'{HEADING}\n{GOOD}\nANNA,RAIL,BUILD,2026-11-03,1,2,"Wir'.encode(),
            "Row 3 ends inside quotes: the file looks cut off.",
        ),
        (
            f"{HEADING},hour\n{GOOD},1\n".encode(),
            "There is no column “hour”: use worker, project, task, work_date, hours, work_type, location,"
            " note, billable, source_key.",
        ),
        (
            b"worker,project\nANNA,RAIL\n",
            "The column task is missing: worker, project, task, work_date, hours, source_key are needed.",
        ),
        (f"{HEADING},note\n{GOOD},x\n".encode(), "A column is named twice."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(file: Path, content: bytes, sentence: str) -> None:
    file.write_bytes(content)
    assert refused(file) == sentence


def test_a_named_encoding_is_read(file: Path) -> None:
    file.write_bytes(f"{HEADING}\n{GOOD} Zürich\n".encode("cp1252"))
    assert run(file, "--encoding", "cp1252")[0] == 0
    assert TimeEntry.objects.get().note == "Wiring plans Zürich"


def test_a_file_ten_times_too_large_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("timesheets.intake.files.MOST_ROWS", 2)
    file.write_text("\n".join([HEADING, *[GOOD] * 20]))
    assert refused(file) == "time.csv has more than 2 rows: split it."


def test_a_missing_file_a_stranger_and_a_bad_source_are_refused(file: Path) -> None:
    assert refused(file.with_name("none.csv")) == "none.csv cannot be opened: No such file or directory."
    assert refused(file.parent).endswith("cannot be opened: Is a directory.")
    assert refused(file, "--as", "nobody") == "There is no active user named nobody."
    assert refused(file, "--source", "tieout").startswith("Name the system the rows come from")


def test_every_code_and_column_is_documented() -> None:
    text = (Path(__file__).parents[2] / "docs/import-time.md").read_text()
    assert [name for name in (*SENTENCES, *FIELDS) if f"`{name}`" not in text] == []
