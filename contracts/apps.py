from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "contracts"

    def ready(self) -> None:
        # They register themselves: handlers for events, entries for the shell, words for the feed, fixes.
        for module in ("handlers", "navigation", "sentences", "fixes"):
            if find_spec(f"contracts.{module}"):
                import_module(f"contracts.{module}")
