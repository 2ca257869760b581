"""Import time from a CSV file, with a result per row."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.actors import Actor
from core.errors import Refusal
from core.models import User
from core.presentation.formats import counted
from timesheets.actions.intake import record_time, source_system, try_time
from timesheets.intake.files import ENCODINGS, TimeFile, read_time_file, write_refused
from timesheets.intake.lines import FIELDS, REQUIRED
from timesheets.intake.results import IntakeResult, RowResult

_NEEDED = ", ".join(REQUIRED)
_OPTIONAL = ", ".join(name for name in FIELDS if name not in REQUIRED)


class Command(BaseCommand):
    """Good rows are taken in, refused ones are listed; the exit code is 1 when any was refused."""

    help = (
        f"Import time from a CSV file. Columns: {_NEEDED}; optional: {_OPTIONAL}. A row is known by its"
        " source_key, so the same file imported twice counts once. See docs/import-time.md."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--submit", action="store_true", help="submit the rows instead of keeping drafts")
        parser.add_argument("--dry-run", action="store_true", help="check every row and write nothing")
        parser.add_argument("--as", dest="username", help="the person who answers for the rows")
        parser.add_argument("--source", default="file", help="the system the rows come from (default: file)")
        parser.add_argument("--encoding", default="utf-8", choices=ENCODINGS)
        parser.add_argument("--rejected", type=Path, metavar="OUT.csv", help="write the refused rows here")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, take in, report."""
        try:
            system = source_system(options["source"])
            read = read_time_file(options["file"], source_system=system, encoding=options["encoding"])
            take = try_time if options["dry_run"] else record_time
            actor = _actor(options["username"])
            result = take(read.lines, actor=actor, on=timezone.localdate(), submit=options["submit"])
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        self._report(result, everything=options["verbosity"] > 1, dry=options["dry_run"])
        if options["rejected"]:
            _write(options["rejected"], read, result)
        if result.refused:
            raise SystemExit(1)

    def _report(self, result: IntakeResult, *, everything: bool, dry: bool) -> None:
        for row in result.rows if everything else result.refused:
            self.stdout.write(_told(row))
        counts = ", ".join(f"{count} {outcome}" for outcome, count in result.counts.items())
        ending = " Nothing was written: this was a dry run." if dry else ""
        self.stdout.write(f"{counted(len(result.rows), 'row')}: {counts}.{ending}")


def _told(row: RowResult) -> str:
    why = f" ({row.code}): {row.sentence}" if row.code else ""
    return f"Row {row.row} {row.outcome}{why}"


def _actor(username: str | None) -> Actor:
    if not username:
        return Actor.system("import")
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise CommandError(f"There is no active user named {username}.")
    return Actor.of(user)


def _write(path: Path, read: TimeFile, result: IntakeResult) -> None:
    with path.open("w", newline="", encoding="utf-8-sig") as target:
        write_refused(target, read, result.refused)
