from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"

    def ready(self) -> None:
        # Handlers register themselves for events, navigation entries for the shell.
        for module in ("handlers", "navigation"):
            if find_spec(f"projects.{module}"):
                import_module(f"projects.{module}")
