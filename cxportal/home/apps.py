from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "cxportal.home"
    label = "home"

    def ready(self) -> None:
        from cxportal.home import registrations  # noqa: F401  # registered by import
