"""Addresses of this floor's pages, all below /p/<program>/; one file per subject."""

from django.urls import URLPattern, URLResolver

from surveys.urls import , campaigns

app_name = "surveys"
urlpatterns: list[URLPattern | URLResolver] = [
    *imports.urlpatterns,
    *survey_files.urlpatterns,
    *surveys.urlpatterns,
    *campaigns.urlpatterns,
    *responses.urlpatterns,
    *metrics.urlpatterns,
    *reports.urlpatterns,
]
