"""Ask every invariant for offenders; the exit code says whether all hold."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reporting.invariants import names, offenders


class Command(BaseCommand):
    help = "List the rows that break an invariant."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print offenders; fail when there are any."""
        found = offenders()
        for name, rows in found.items():
            self.stdout.write(f"{name}: {len(rows)} offenders, first {rows[0]}")
        if found:
            raise CommandError(f"{len(found)} of {len(names())} invariants do not hold.")
        self.stdout.write(f"All {len(names())} invariants hold.")
