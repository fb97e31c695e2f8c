"""Addresses of steering the program, all below /p/<program>/."""

from django.urls import path

from loyalty.views import scorecard

app_name = "steering"
urlpatterns = [
    path("scorecard/", scorecard.ScorecardView.as_view(), name="scorecard"),
    path("scorecard/refresh/", scorecard.ScorecardRefreshView.as_view(), name="scorecard-refresh"),
    path("scorecard/begin/", scorecard.ScorecardTemplateView.as_view(), name="scorecard-begin"),
    path("scorecard/close/", scorecard.ScorecardCloseView.as_view(), name="scorecard-close"),
    path(
        "scorecard/months/<int:pk>/",
        scorecard.SnapshotDetailView.as_view(),
        name="snapshot-detail",
    ),
    path("scorecard/links/add/", scorecard.KpiLinkAddView.as_view(), name="kpi-link-add"),
    path(
        "scorecard/kpi-links/<int:pk>/remove/",
        scorecard.KpiLinkRemoveView.as_view(),
        name="kpi-link-remove",
    ),
    path("scorecard/kpis/new/", scorecard.KpiCreateView.as_view(), name="kpi-create"),
    path("scorecard/kpis/<int:pk>/", scorecard.KpiDetailView.as_view(), name="kpi-detail"),
    path("scorecard/kpis/<int:pk>/edit/", scorecard.KpiEditView.as_view(), name="kpi-edit"),
    path("scorecard/kpis/<int:pk>/month/", scorecard.KpiMonthView.as_view(), name="kpi-month"),
    path("scorecard/kpis/<int:pk>/delete/", scorecard.KpiDeleteView.as_view(), name="kpi-delete"),
]
