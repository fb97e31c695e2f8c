from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "cxportal.api"
    label = "api"

    def ready(self) -> None:
        # Tells the OpenAPI document how a key is sent.
        from cxportal.core.api import schema  # noqa: F401
