from django.apps import AppConfig


class LoyaltyConfig(AppConfig):
    name = "loyalty"

    def ready(self) -> None:
        from loyalty import policies, registrations, steering_registrations  # noqa: F401  # registered by import
