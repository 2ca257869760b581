from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.models import EventSeal
from core.sealing.seal import seal_log
from core.sealing.verify import verify_log


class Command(BaseCommand):
    """Seal what is new, then prove the whole log; end with an error when anything was changed."""

    help = "Verify the event log against its seals; name every event that was changed or removed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--kept", metavar="NUMBER:ROOT", help="a seal noted elsewhere, which the chain must still hold"
        )

    def handle(self, *args: Any, kept: str | None = None, **options: Any) -> None:
        verdict = verify_log(kept=_parsed(kept))
        for finding in verdict.findings:
            self.stderr.write(finding.sentence)
        if verdict.findings:
            raise CommandError(f"The event log does not hold: {_counted(len(verdict.findings))}.")
        held = f"The event log holds: {verdict.events} events under {verdict.seals} seals"
        self.stdout.write(f"{held}, {seal_log()} sealed now.")
        last = EventSeal.objects.order_by("number").last()
        if last:
            self.stdout.write(f"Keep this outside of the database: {last.number}:{last.root}")


def _counted(findings: int) -> str:
    return "1 finding" if findings == 1 else f"{findings} findings"


def _parsed(kept: str | None) -> tuple[int, str] | None:
    if kept is None:
        return None
    number, _, root = kept.partition(":")
    if not number.isdigit() or len(root) != 64:
        raise CommandError("--kept is a seal's number and root, as this command prints them: 12:3f9a…")
    return int(number), root
