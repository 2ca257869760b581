"""Print who can sign in to the demo and what to try."""

import os
from typing import Any

from django.core.management.base import BaseCommand

from config.demo.guide import guide


class Command(BaseCommand):
    """The address follows TIEOUT_PORT, as the launcher's does."""

    help = "Print the demo people, one per role, and what to try where."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the guide."""
        for line in guide(f"http://127.0.0.1:{os.environ.get('TIEOUT_PORT', '8000')}"):
            self.stdout.write(line)
