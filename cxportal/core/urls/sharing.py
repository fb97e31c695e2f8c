"""Addresses of shared links and scheduled reports."""

from django.urls import URLPattern, path

from cxportal.core.views import saved_views
from cxportal.core.views import sharing as views

urlpatterns: list[URLPattern] = [
    path("shares/", views.ShareLinkListView.as_view(), name="share-list"),
    path("shares/new/", views.ShareLinkCreateView.as_view(), name="share-create"),
    path("shares/<int:pk>/revoke/", views.ShareLinkRevokeView.as_view(), name="share-revoke"),
    path("saved-views/new/", saved_views.SavedViewCreateView.as_view(), name="saved-view-create"),
    path(
        "saved-views/<int:pk>/delete/",
        saved_views.SavedViewDeleteView.as_view(),
        name="saved-view-delete",
    ),
    path(
        "scheduled-reports/",
        views.ScheduledReportListView.as_view(),
        name="scheduled-report-list",
    ),
    path(
        "scheduled-reports/new/",
        views.ScheduledReportCreateView.as_view(),
        name="scheduled-report-create",
    ),
    path(
        "scheduled-reports/<int:pk>/edit/",
        views.ScheduledReportEditView.as_view(),
        name="scheduled-report-edit",
    ),
    path(
        "scheduled-reports/<int:pk>/switch/",
        views.ScheduledReportSwitchView.as_view(),
        name="scheduled-report-switch",
    ),
    path(
        "scheduled-reports/<int:pk>/send/",
        views.ScheduledReportSendView.as_view(),
        name="scheduled-report-send",
    ),
    path(
        "scheduled-reports/<int:pk>/delete/",
        views.ScheduledReportDeleteView.as_view(),
        name="scheduled-report-delete",
    ),
]
