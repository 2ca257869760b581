from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "billing"

    def ready(self) -> None:
        # Handlers register themselves for events, navigation entries for the shell.
        for module in ("handlers", "navigation"):
            if find_spec(f"billing.{module}"):
                import_module(f"billing.{module}")
