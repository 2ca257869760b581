from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "integrations"

    def ready(self) -> None:
        # Handlers register for events; places, words, fixes and checks for the pages that show them.
        for module in ("handlers", "navigation", "sentences", "fixes", "checks", "measures", "schedules"):
            if find_spec(f"integrations.{module}"):
                import_module(f"integrations.{module}")
