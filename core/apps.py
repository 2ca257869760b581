from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        import_module("core.navigation")
        import_module("core.sentences")
        import_module("core.observing.kernel")
        import_module("core.schedules")
        # Guards are derived from the models, so they are laid again after every migration.
        from core.guards import install_guards

        post_migrate.connect(install_guards, sender=self)
