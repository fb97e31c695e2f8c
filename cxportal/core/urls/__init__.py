"""Addresses of this floor's pages, all below /p/<program>/; one file per subject."""

from django.urls import URLPattern, URLResolver

from cxportal.core.urls import customers, people, records, settings, sharing

app_name = "core"
urlpatterns: list[URLPattern | URLResolver] = [
    *customers.urlpatterns,
    *people.urlpatterns,
    *settings.urlpatterns,
    *records.urlpatterns,
    *sharing.urlpatterns,
]
