from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "billing"

    def ready(self) -> None:
        # Handlers register for events; places and words for the pages that show them,
        # schedules for beat.
        for module in ("handlers", "navigation", "sentences", "schedules"):
            if find_spec(f"billing.{module}"):
                import_module(f"billing.{module}")
