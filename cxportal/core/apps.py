from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "cxportal.core"
    label = "core"

    def ready(self) -> None:
        from cxportal.core import policies, registrations, signals  # noqa: F401  # registered by import
