"""Addresses of the playbook."""

from django.urls import URLPattern, path

from journeys.views import playbook as pages

urlpatterns: list[URLPattern] = [
    path("journeys/playbook/", pages.PlaybookView.as_view(), name="playbook"),
    path("journeys/behaviours/new/", pages.BehaviourCreateView.as_view(), name="behaviour-new"),
    path(
        "journeys/behaviours/<int:pk>/",
        pages.BehaviourDetailView.as_view(),
        name="behaviour-detail",
    ),
    path(
        "journeys/behaviours/<int:pk>/edit/",
        pages.BehaviourEditView.as_view(),
        name="behaviour-edit",
    ),
    path(
        "journeys/behaviours/<int:pk>/training/",
        pages.BehaviourTrainView.as_view(),
        name="behaviour-train",
    ),
    path(
        "journeys/behaviours/<int:pk>/delete/",
        pages.BehaviourDeleteView.as_view(),
        name="behaviour-delete",
    ),
]
