"""Load the demo firm into an empty database."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.demo.calendar import DemoCalendar
from config.demo.firm.work import WorkPlan
from config.demo.loading.firm import AlreadyLoaded, load_firm
from config.demo.token import keep_token


class Command(BaseCommand):
    """Everything is generated from one seed and dated from today."""

    help = "Load the demo firm: companies, people, contracts, rates, projects and half a year of time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--today", type=date.fromisoformat, help="the day to date everything from")
        parser.add_argument("--weeks", type=int, default=26, help="weeks of recorded time (default: 26)")
        parser.add_argument("--entries", type=int, default=4, help="entries a day and worker, at least")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and keep the service account's token in the data folder."""
        calendar = DemoCalendar(options["today"] or timezone.localdate(), options["weeks"])
        try:
            loaded = load_firm(WorkPlan(calendar, options["entries"]), self.stdout.write)
        except AlreadyLoaded as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"The demo firm is loaded. API token of the worklog system: {loaded.token}")
        self.stdout.write(f"It is kept in {keep_token(loaded.token)}")
