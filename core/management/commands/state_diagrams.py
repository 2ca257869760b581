from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core.diagrams import differing, write


class Command(BaseCommand):
    """Write docs/states/ from the TRANSITIONS tables; `--check` only says what differs and fails."""

    help = "Draw the state diagrams of docs/states/ from the TRANSITIONS tables."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail when a diagram is not up to date")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        folder = settings.BASE_DIR / "docs" / "states"
        if not check:
            self.stdout.write("\n".join(write(folder)) or "Every diagram is up to date.")
        elif outdated := differing(folder):
            raise CommandError(f"Run make diagrams: {', '.join(outdated)} differ from the code.")
