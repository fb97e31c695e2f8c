"""Addresses of journeys, stages, touchpoints, personas and the review."""

from django.urls import URLPattern, path

from journeys.views import journeys, personas, review, stages, steps, touchpoints

urlpatterns: list[URLPattern] = [
    path("journeys/", journeys.JourneyListView.as_view(), name="journey-list"),
    path("journeys/new/", journeys.JourneyCreateView.as_view(), name="journey-new"),
    path("journeys/review/", review.ReviewView.as_view(), name="review"),
    path("journeys/<int:pk>/edit/", journeys.JourneyEditView.as_view(), name="journey-edit"),
    path("journeys/<int:pk>/delete/", journeys.JourneyDeleteView.as_view(), name="journey-delete"),
    path("journeys/<int:pk>/stages/", stages.StageAddView.as_view(), name="stage-add"),
    path("journeys/stages/<int:pk>/", stages.StageDetailView.as_view(), name="stage-detail"),
    path("journeys/stages/<int:pk>/edit/", stages.StageEditView.as_view(), name="stage-edit"),
    path("journeys/stages/<int:pk>/move/", stages.StageMoveView.as_view(), name="stage-move"),
    path("journeys/stages/<int:pk>/delete/", stages.StageDeleteView.as_view(), name="stage-delete"),
    path("journeys/stages/<int:pk>/steps/", steps.StepAddView.as_view(), name="step-add"),
    path("journeys/steps/<int:pk>/move/", steps.StepMoveView.as_view(), name="step-move"),
    path("journeys/steps/<int:pk>/remove/", steps.StepRemoveView.as_view(), name="step-remove"),
    path("journeys/touchpoints/", touchpoints.TouchpointListView.as_view(), name="touchpoint-list"),
    path(
        "journeys/touchpoints/new/",
        touchpoints.TouchpointCreateView.as_view(),
        name="touchpoint-new",
    ),
    path(
        "journeys/touchpoints/<int:pk>/",
        touchpoints.TouchpointDetailView.as_view(),
        name="touchpoint-detail",
    ),
    path(
        "journeys/touchpoints/<int:pk>/edit/",
        touchpoints.TouchpointEditView.as_view(),
        name="touchpoint-edit",
    ),
    path(
        "journeys/touchpoints/<int:pk>/delete/",
        touchpoints.TouchpointDeleteView.as_view(),
        name="touchpoint-delete",
    ),
    path(
        "journeys/touchpoints/<int:pk>/metrics/",
        touchpoints.TouchpointMetricAddView.as_view(),
        name="touchpoint-metric-add",
    ),
    path(
        "journeys/touchpoint-metrics/<int:pk>/edit/",
        touchpoints.TouchpointMetricEditView.as_view(),
        name="touchpoint-metric-edit",
    ),
    path(
        "journeys/touchpoint-metrics/<int:pk>/remove/",
        touchpoints.TouchpointMetricRemoveView.as_view(),
        name="touchpoint-metric-remove",
    ),
    path("journeys/personas/", personas.PersonaListView.as_view(), name="persona-list"),
    path("journeys/personas/new/", personas.PersonaCreateView.as_view(), name="persona-new"),
    path(
        "journeys/personas/<int:pk>/edit/", personas.PersonaEditView.as_view(), name="persona-edit"
    ),
    path(
        "journeys/personas/<int:pk>/delete/",
        personas.PersonaDeleteView.as_view(),
        name="persona-delete",
    ),
]
