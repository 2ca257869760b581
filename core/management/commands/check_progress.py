from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.observing.gauges import WAITING, measured


class Command(BaseCommand):
    """Tell whether workers get on with what is due. A worker that runs but does nothing is not alive."""

    help = "End with an error when due work of a queue has been waiting for longer than it should."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--queue", help="only this queue: default or erp")
        parser.add_argument("--seconds", type=int, default=300, help="how long due work may wait (300)")

    def handle(self, *args: Any, queue: str | None, seconds: int, **options: Any) -> None:
        ages = {gauge.labels["queue"]: gauge.value for gauge in measured() if gauge.name == WAITING}
        if queue and queue not in ages:
            raise CommandError(f"There is no queue {queue!r}: {', '.join(sorted(ages))}.")
        late = {name: age for name, age in ages.items() if queue in {None, name} and age > seconds}
        if late:
            said = "; ".join(f"{name}: {age:.0f} s" for name, age in sorted(late.items()))
            raise CommandError(f"Due work is waiting for its workers: {said}.")
        self.stdout.write("Nothing that is due is waiting.")
