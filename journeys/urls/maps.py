"""Addresses of a journey's map: its grid, lanes, steps, cards and their evidence."""

from django.urls import URLPattern, path

from journeys.views import cards, lanes, map_table, maps, steps

urlpatterns: list[URLPattern] = [
    path("journeys/<int:pk>/", maps.JourneyMapView.as_view(), name="journey-detail"),
    path("journeys/<int:pk>/outline/", maps.JourneyOutlineView.as_view(), name="journey-outline"),
    path("journeys/<int:pk>/table/", map_table.MapTableView.as_view(), name="map-table"),
    path("journeys/<int:pk>/undo/", maps.MapUndoView.as_view(), name="map-undo"),
    path("journeys/<int:pk>/reviewed/", maps.MapReviewedView.as_view(), name="map-reviewed"),
    path("journeys/<int:pk>/lanes/new/", lanes.LaneAddView.as_view(), name="lane-new"),
    path("journeys/lanes/<int:pk>/edit/", lanes.LaneEditView.as_view(), name="lane-edit"),
    path("journeys/lanes/<int:pk>/move/", lanes.LaneMoveView.as_view(), name="lane-move"),
    path("journeys/lanes/<int:pk>/delete/", lanes.LaneDeleteView.as_view(), name="lane-delete"),
    path("journeys/steps/<int:pk>/edit/", steps.StepEditView.as_view(), name="step-edit"),
    path("journeys/steps/<int:pk>/emotion/", steps.EmotionSetView.as_view(), name="emotion-set"),
    path(
        "journeys/lanes/<int:lane>/steps/<int:step>/", cards.MapCellView.as_view(), name="map-cell"
    ),
    path("journeys/cards/<int:pk>/", cards.CardDetailView.as_view(), name="card-detail"),
    path("journeys/cards/<int:pk>/row/", map_table.CardRowView.as_view(), name="card-row"),
    path("journeys/cards/<int:pk>/move/", cards.CardMoveView.as_view(), name="card-move"),
    path("journeys/cards/<int:pk>/delete/", cards.CardDeleteView.as_view(), name="card-delete"),
    path("journeys/cards/<int:pk>/evidence/", cards.EvidenceAddView.as_view(), name="evidence-add"),
    path(
        "journeys/evidence/<int:pk>/remove/",
        cards.EvidenceRemoveView.as_view(),
        name="evidence-remove",
    ),
]
