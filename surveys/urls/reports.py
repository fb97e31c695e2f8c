"""Addresses of reports and exports."""

from django.urls import URLPattern, path

from surveys.views import exports

urlpatterns: list[URLPattern] = [
    path(
        "surveys/<int:pk>/export/", exports.ResponsesExportView.as_view(), name="responses-export"
    ),
    path("scores/export/", exports.ScoresExportView.as_view(), name="scores-export"),
]
