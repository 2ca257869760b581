from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "billing"

    def ready(self) -> None:
        # Handlers register for events; places and words for the pages that show them.
        for module in ("handlers", "navigation", "sentences"):
            if find_spec(f"billing.{module}"):
                import_module(f"billing.{module}")
