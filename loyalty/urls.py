"""Addresses of this floor's pages, all below /p/<program>/."""

from django.urls import path

from loyalty.views import loyalty, propositions, value

app_name = "loyalty"
urlpatterns = [
    path("loyalty/", loyalty.LoyaltyOverviewView.as_view(), name="overview"),
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
