from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "cxportal.home"
    label = "home"
