from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"

    def ready(self) -> None:
        # Handlers register themselves for events, navigation entries for the shell.
        for module in ("handlers", "navigation"):
            if find_spec(f"reporting.{module}"):
                import_module(f"reporting.{module}")
