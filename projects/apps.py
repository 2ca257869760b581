from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"

    def ready(self) -> None:
        # They register themselves: handlers for events, entries for the shell, words for the activity feed.
        for module in ("handlers", "navigation", "sentences"):
            if find_spec(f"projects.{module}"):
                import_module(f"projects.{module}")
