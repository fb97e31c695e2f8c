"""Addresses of this floor's pages, all below /p/<program>/; one file per subject."""

from django.urls import URLPattern, URLResolver

from journeys.urls import (
    automations,
    boards,
    cases,
    ideas,
    insights,
    journeys,
    maps,
    meetings,
    playbook,
    voice,
)

app_name = "journeys"
urlpatterns: list[URLPattern | URLResolver] = [
    *playbook.urlpatterns,
    *journeys.urlpatterns,
    *boards.urlpatterns,
    *voice.urlpatterns,
    *cases.urlpatterns,
    *automations.urlpatterns,
    *ideas.urlpatterns,
    *maps.urlpatterns,
    *insights.urlpatterns,
    *meetings.urlpatterns,
]
