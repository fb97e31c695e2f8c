"""Addresses of journeys, stages, touchpoints, personas and the review."""

from django.urls import URLPattern, path

from journeys.views import journeys, personas, review, stages, touchpoints

urlpatterns: list[URLPattern] = [
    path("journeys/", journeys.JourneyListView.as_view(), name="journey-list"),
    path("journeys/new/", journeys.JourneyCreateView.as_view(), name="journey-new"),
    path("journeys/review/", review.ReviewView.as_view(), name="review"),
    path("journeys/<int:pk>/", journeys.JourneyMapView.as_view(), name="journey-detail"),
    path("journeys/<int:pk>/edit/", journeys.JourneyEditView.as_view(), name="journey-edit"),
    path("journeys/<int:pk>/delete/", journeys.JourneyDeleteView.as_view(), name="journey-delete"),
    path("journeys/<int:pk>/stages/", stages.StageAddView.as_view(), name="stage-add"),
    path("stages/<int:pk>/", stages.StageDetailView.as_view(), name="stage-detail"),
    path("stages/<int:pk>/edit/", stages.StageEditView.as_view(), name="stage-edit"),
    path("stages/<int:pk>/move/", stages.StageMoveView.as_view(), name="stage-move"),
    path("stages/<int:pk>/delete/", stages.StageDeleteView.as_view(), name="stage-delete"),
    path("stages/<int:pk>/steps/", touchpoints.StepAddView.as_view(), name="step-add"),
    path(
        "stages/<int:pk>/restore/<int:touchpoint>/<int:position>/",
        touchpoints.StepRestoreView.as_view(),
        name="step-restore",
    ),
    path("steps/<int:pk>/move/", touchpoints.StepMoveView.as_view(), name="step-move"),
    path("steps/<int:pk>/remove/", touchpoints.StepRemoveView.as_view(), name="step-remove"),
    path("touchpoints/", touchpoints.TouchpointListView.as_view(), name="touchpoint-list"),
    path("touchpoints/new/", touchpoints.TouchpointCreateView.as_view(), name="touchpoint-new"),
    path(
        "touchpoints/<int:pk>/",
        touchpoints.TouchpointDetailView.as_view(),
        name="touchpoint-detail",
    ),
    path(
        "touchpoints/<int:pk>/edit/",
        touchpoints.TouchpointEditView.as_view(),
        name="touchpoint-edit",
    ),
    path(
        "touchpoints/<int:pk>/delete/",
        touchpoints.TouchpointDeleteView.as_view(),
        name="touchpoint-delete",
    ),
    path(
        "touchpoints/<int:pk>/metrics/",
        touchpoints.TouchpointMetricAddView.as_view(),
        name="touchpoint-metric-add",
    ),
    path(
        "touchpoint-metrics/<int:pk>/edit/",
        touchpoints.TouchpointMetricEditView.as_view(),
        name="touchpoint-metric-edit",
    ),
    path(
        "touchpoint-metrics/<int:pk>/remove/",
        touchpoints.TouchpointMetricRemoveView.as_view(),
        name="touchpoint-metric-remove",
    ),
    path("personas/", personas.PersonaListView.as_view(), name="persona-list"),
    path("personas/new/", personas.PersonaCreateView.as_view(), name="persona-new"),
    path("personas/<int:pk>/edit/", personas.PersonaEditView.as_view(), name="persona-edit"),
    path("personas/<int:pk>/delete/", personas.PersonaDeleteView.as_view(), name="persona-delete"),
]
