"""Addresses of this floor's pages, all below /p/<program>/."""

from django.urls import URLPattern, URLResolver

app_name = "loyalty"
urlpatterns: list[URLPattern | URLResolver] = []
