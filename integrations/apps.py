from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "integrations"

    def ready(self) -> None:
        # Handlers register themselves for events, navigation entries for the shell.
        for module in ("handlers", "navigation"):
            if find_spec(f"integrations.{module}"):
                import_module(f"integrations.{module}")
