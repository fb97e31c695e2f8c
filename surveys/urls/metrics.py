"""Addresses of metrics."""

from django.urls import URLPattern, path

from surveys.views import metrics as views

urlpatterns: list[URLPattern] = [
    path("metrics/", views.MetricListView.as_view(), name="metric-list"),
    path("metrics/new/", views.MetricCreateView.as_view(), name="metric-create"),
    path("metrics/<int:pk>/", views.MetricDetailView.as_view(), name="metric-detail"),
    path("metrics/<int:pk>/edit/", views.MetricEditView.as_view(), name="metric-edit"),
    path(
        "metrics/<int:pk>/sources/", views.MetricSourceAddView.as_view(), name="metric-source-add"
    ),
    path(
        "metrics/<int:pk>/sources/<int:source>/remove/",
        views.MetricSourceRemoveView.as_view(),
        name="metric-source-remove",
    ),
]
