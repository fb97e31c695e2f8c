from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "cxportal.api"
    label = "api"
