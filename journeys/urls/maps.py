"""Addresses of a journey's map: its grid, lanes, steps, cards and their evidence."""

from django.urls import URLPattern, path

from journeys.views import (
    cards,
    evidence,
    journey_paths,
    journey_versions,
    lanes,
    map_exchange,
    map_table,
    maps,
    review_meeting,
    steps,
)

urlpatterns: list[URLPattern] = [
    path("journeys/<int:pk>/", maps.JourneyMapView.as_view(), name="journey-detail"),
    path("journeys/<int:pk>/outline/", maps.JourneyOutlineView.as_view(), name="journey-outline"),
    path("journeys/<int:pk>/table/", map_table.MapTableView.as_view(), name="map-table"),
    path(
        "journeys/<int:pk>/versions/",
        journey_versions.VersionListView.as_view(),
        name="journey-versions",
    ),
    path(
        "journeys/kept-versions/<int:pk>/",
        journey_versions.VersionDetailView.as_view(),
        name="version-detail",
    ),
    path(
        "journeys/kept-versions/<int:pk>/restore/",
        journey_versions.VersionRestoreView.as_view(),
        name="version-restore",
    ),
    path(
        "journeys/<int:pk>/copy/", journey_versions.JourneyCopyView.as_view(), name="journey-copy"
    ),
    path(
        "journeys/<int:pk>/compare/",
        journey_versions.JourneyCompareView.as_view(),
        name="journey-compare",
    ),
    path("journeys/import/", map_exchange.MapImportView.as_view(), name="map-import"),
    path("journeys/<int:pk>/file/", map_exchange.MapFileView.as_view(), name="map-file"),
    path(
        "journeys/review/meeting/",
        review_meeting.ReviewMeetingView.as_view(),
        name="review-meeting",
    ),
    path(
        "journeys/<int:pk>/paths/", journey_paths.JourneyPathsView.as_view(), name="journey-paths"
    ),
    path(
        "journeys/<int:pk>/drivers/",
        journey_paths.JourneyDriversView.as_view(),
        name="journey-drivers",
    ),
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
    path("journeys/files/<int:pk>/picture/", cards.MapPictureView.as_view(), name="map-picture"),
    path(
        "journeys/cards/<int:pk>/evidence/", evidence.EvidenceAddView.as_view(), name="evidence-add"
    ),
    path(
        "journeys/cards/<int:pk>/evidence/choose/",
        evidence.EvidenceChooseView.as_view(),
        name="evidence-choose",
    ),
    path(
        "journeys/evidence/<int:pk>/remove/",
        evidence.EvidenceRemoveView.as_view(),
        name="evidence-remove",
    ),
]
