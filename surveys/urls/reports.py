"""Addresses of reports, dashboards, counted metrics and exports."""

from django.urls import URLPattern, path

from surveys.views import dashboards, exports
from surveys.views import operational_metrics as counted

_BOARD = "dashboards/<int:pk>/"
_COUNTED = "counted-metrics/<int:pk>/"

urlpatterns: list[URLPattern] = [
    path("reports/", dashboards.ProgramReportView.as_view(), name="report-program"),
    path("dashboards/", dashboards.DashboardListView.as_view(), name="dashboard-list"),
    path("dashboards/new/", dashboards.DashboardCreateView.as_view(), name="dashboard-create"),
    path(_BOARD, dashboards.DashboardView.as_view(), name="dashboard"),
    path(_BOARD + "edit/", dashboards.DashboardEditView.as_view(), name="dashboard-edit"),
    path(_BOARD + "delete/", dashboards.DashboardDeleteView.as_view(), name="dashboard-delete"),
    path(_BOARD + "widgets/add/", dashboards.WidgetAddView.as_view(), name="widget-add"),
    path(
        _BOARD + "widgets/<int:position>/move/",
        dashboards.WidgetMoveView.as_view(),
        name="widget-move",
    ),
    path(
        _BOARD + "widgets/<int:position>/remove/",
        dashboards.WidgetRemoveView.as_view(),
        name="widget-remove",
    ),
    path("counted-metrics/", counted.OperationalListView.as_view(), name="operational-list"),
    path(
        "counted-metrics/new/", counted.OperationalCreateView.as_view(), name="operational-create"
    ),
    path(_COUNTED, counted.OperationalDetailView.as_view(), name="operational-detail"),
    path(_COUNTED + "edit/", counted.OperationalEditView.as_view(), name="operational-edit"),
    path(_COUNTED + "delete/", counted.OperationalDeleteView.as_view(), name="operational-delete"),
    path(_COUNTED + "recount/", counted.RecountView.as_view(), name="operational-recount"),
    path(_COUNTED + "values/", counted.ValueAddView.as_view(), name="value-add"),
    path(_COUNTED + "values/file/", counted.ValuesFileView.as_view(), name="values-file"),
    path(
        "surveys/<int:pk>/export/", exports.ResponsesExportView.as_view(), name="responses-export"
    ),
    path("scores/export/", exports.ScoresExportView.as_view(), name="scores-export"),
]
