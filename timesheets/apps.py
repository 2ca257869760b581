from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class TimesheetsConfig(AppConfig):
    name = "timesheets"

    def ready(self) -> None:
        # Handlers register themselves for events, navigation entries for the shell, sentences for feeds.
        for module in ("handlers", "navigation", "sentences"):
            if find_spec(f"timesheets.{module}"):
                import_module(f"timesheets.{module}")
