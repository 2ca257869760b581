from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate, pre_migrate


class ReportingConfig(AppConfig):
    name = "reporting"

    def ready(self) -> None:
        # Handlers register themselves for events, navigation entries for the shell.
        for module in ("handlers", "navigation", "fixes", "schedules"):
            if find_spec(f"reporting.{module}"):
                import_module(f"reporting.{module}")
        from reporting.invariants import install_invariants, remove_invariants

        # A view would keep migrations from changing the columns it reads. An app without models gets no
        # migration signals, so the views ride on those of core, after its guards.
        kernel = apps.get_app_config("core")
        pre_migrate.connect(remove_invariants, sender=kernel)
        post_migrate.connect(install_invariants, sender=kernel)
