from django.apps import AppConfig


class JourneysConfig(AppConfig):
    name = "journeys"

    def ready(self) -> None:
        from journeys import (  # noqa: F401  # registered by import
            follow_up_registrations,
            policies,
            registrations,
        )
