from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Brings the commands load_demo, run_demo_path and demo_guide; it has no models."""

    name = "config.demo"
    label = "demo"
    verbose_name = "Demo firm"
