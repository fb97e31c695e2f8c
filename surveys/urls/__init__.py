"""Addresses of this floor's pages, all below /p/<program>/; one file per subject."""

from django.urls import URLPattern, URLResolver

from surveys.urls import (
    campaigns,
    checklists,
    imports,
    metrics,
    reports,
    responses,
    survey_files,
    surveys,
)

app_name = "surveys"
urlpatterns: list[URLPattern | URLResolver] = [
    *checklists.urlpatterns,
    *imports.urlpatterns,
    *survey_files.urlpatterns,
    *surveys.urlpatterns,
    *campaigns.urlpatterns,
    *responses.urlpatterns,
    *metrics.urlpatterns,
    *reports.urlpatterns,
]
