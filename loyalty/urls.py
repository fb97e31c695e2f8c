"""Addresses of this floor's pages, all below /p/<program>/."""

from django.urls import path

from loyalty.views import (
    drivers,
    equity,
    loyalty,
    loyalty_index,
    nps_money,
    points,
    portfolio,
    propositions,
    retention,
    value,
)

app_name = "loyalty"
urlpatterns = [
    path("loyalty/", loyalty.LoyaltyOverviewView.as_view(), name="overview"),
    path("loyalty/portfolio/", portfolio.PortfolioView.as_view(), name="portfolio"),
    path("loyalty/equity/", equity.EquityView.as_view(), name="equity"),
    path("loyalty/equity/means/", equity.AllocationView.as_view(), name="allocation"),
    path("loyalty/retention/", retention.RetentionView.as_view(), name="retention"),
    path("loyalty/retention/segment/", retention.WinBackSegmentView.as_view(), name="win-back"),
    path("loyalty/index/", loyalty_index.LoyaltyIndexView.as_view(), name="loyalty-index"),
    path("loyalty/nps/", nps_money.NpsMoneyView.as_view(), name="nps-money"),
    path(
        "loyalty/nps/export.csv",
        nps_money.NpsMoneyExportView.as_view(),
        {"kind": "csv"},
        name="nps-money-csv",
    ),
    path(
        "loyalty/nps/export.xlsx",
        nps_money.NpsMoneyExportView.as_view(),
        {"kind": "xlsx"},
        name="nps-money-xlsx",
    ),
    path("loyalty/drivers/", drivers.DriverListView.as_view(), name="driver-list"),
    path("loyalty/drivers/new/", drivers.DriverCreateView.as_view(), name="driver-create"),
    path("loyalty/drivers/import/", drivers.DriverImportView.as_view(), name="driver-import"),
    path("loyalty/drivers/<int:pk>/", drivers.DriverEditView.as_view(), name="driver-edit"),
    path(
        "loyalty/drivers/<int:pk>/delete/", drivers.DriverDeleteView.as_view(), name="driver-delete"
    ),
    path("loyalty/competitors/", drivers.CompetitorListView.as_view(), name="competitor-list"),
    path(
        "loyalty/competitors/new/",
        drivers.CompetitorCreateView.as_view(),
        name="competitor-create",
    ),
    path(
        "loyalty/competitors/<int:pk>/",
        drivers.CompetitorEditView.as_view(),
        name="competitor-edit",
    ),
    path(
        "loyalty/competitors/<int:pk>/delete/",
        drivers.CompetitorDeleteView.as_view(),
        name="competitor-delete",
    ),
    path("loyalty/benchmarks/new/", drivers.BenchmarkCreateView.as_view(), name="benchmark-create"),
    path(
        "loyalty/benchmarks/<int:pk>/delete/",
        drivers.BenchmarkDeleteView.as_view(),
        name="benchmark-delete",
    ),
    path("loyalty/points/", points.PointsView.as_view(), name="points"),
    path("loyalty/points/rules/", points.PointsSchemeView.as_view(), name="points-scheme"),
    path(
        "loyalty/points/campaign/",
        points.PointsCampaignCreateView.as_view(),
        name="points-campaign",
    ),
    path("loyalty/points/prove/", points.PointsProveView.as_view(), name="points-prove"),
    path(
        "loyalty/points/accounts/<int:pk>/", points.PointsMemberView.as_view(), name="points-member"
    ),
    path(
        "loyalty/points/entries/<int:pk>/reverse/",
        points.PointsReverseView.as_view(),
        name="points-reverse",
    ),
    path("customers/<int:pk>/enrol/", points.PointsEnrolView.as_view(), name="points-enrol"),
    path("loyalty/value/", value.ValueView.as_view(), name="value"),
    path("loyalty/value/model/", value.ValueModelView.as_view(), name="value-model"),
    path("loyalty/value/rebuild/", value.ValueRebuildView.as_view(), name="value-rebuild"),
    path("loyalty/value/rules/", value.ValueRulesView.as_view(), name="value-rules"),
    path("loyalty/transactions/", loyalty.TransactionListView.as_view(), name="transaction-list"),
    path(
        "loyalty/transactions/import/",
        loyalty.TransactionImportView.as_view(),
        name="transaction-import",
    ),
    path(
        "loyalty/propositions/",
        propositions.PropositionListView.as_view(),
        name="proposition-list",
    ),
    path(
        "loyalty/propositions/compare/",
        propositions.PropositionCompareView.as_view(),
        name="proposition-compare",
    ),
    path(
        "loyalty/propositions/<int:pk>/action/",
        propositions.PropositionActionView.as_view(),
        name="proposition-action",
    ),
    path(
        "loyalty/propositions/<int:pk>/difference/",
        propositions.PropositionDifferenceView.as_view(),
        name="proposition-difference",
    ),
    path(
        "loyalty/propositions/new/",
        propositions.PropositionCreateView.as_view(),
        name="proposition-create",
    ),
    path(
        "loyalty/propositions/<int:pk>/",
        propositions.PropositionDetailView.as_view(),
        name="proposition-detail",
    ),
    path(
        "loyalty/propositions/<int:pk>/edit/",
        propositions.PropositionEditView.as_view(),
        name="proposition-edit",
    ),
    path(
        "loyalty/propositions/<int:pk>/delete/",
        propositions.PropositionDeleteView.as_view(),
        name="proposition-delete",
    ),
]
