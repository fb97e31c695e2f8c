"""Addresses of insights, opportunities, the important few and Kano."""

from django.urls import URLPattern, path

from journeys.views import evidence, important_few, insights

urlpatterns: list[URLPattern] = [
    path("journeys/insights/", insights.InsightListView.as_view(), name="insight-list"),
    path("journeys/insights/new/", insights.InsightCreateView.as_view(), name="insight-new"),
    path(
        "journeys/insights/<int:pk>/", insights.InsightDetailView.as_view(), name="insight-detail"
    ),
    path(
        "journeys/insights/<int:pk>/edit/", insights.InsightEditView.as_view(), name="insight-edit"
    ),
    path(
        "journeys/insights/<int:pk>/evidence/",
        evidence.InsightEvidenceView.as_view(),
        name="insight-evidence",
    ),
    path(
        "journeys/insights/<int:pk>/evidence/choose/",
        evidence.InsightEvidenceChooseView.as_view(),
        name="insight-evidence-choose",
    ),
    path(
        "journeys/insights/<int:pk>/delete/",
        insights.InsightDeleteView.as_view(),
        name="insight-delete",
    ),
    path(
        "journeys/opportunities/", insights.OpportunityListView.as_view(), name="opportunity-list"
    ),
    path(
        "journeys/opportunities/new/",
        insights.OpportunityCreateView.as_view(),
        name="opportunity-new",
    ),
    path(
        "journeys/opportunities/<int:pk>/",
        insights.OpportunityDetailView.as_view(),
        name="opportunity-detail",
    ),
    path(
        "journeys/opportunities/<int:pk>/edit/",
        insights.OpportunityEditView.as_view(),
        name="opportunity-edit",
    ),
    path(
        "journeys/opportunities/<int:pk>/act/",
        insights.OpportunityActView.as_view(),
        name="opportunity-act",
    ),
    path(
        "journeys/opportunities/<int:pk>/evidence/",
        evidence.OpportunityEvidenceView.as_view(),
        name="opportunity-evidence",
    ),
    path(
        "journeys/opportunities/<int:pk>/evidence/choose/",
        evidence.OpportunityEvidenceChooseView.as_view(),
        name="opportunity-evidence-choose",
    ),
    path(
        "journeys/opportunities/<int:pk>/delete/",
        insights.OpportunityDeleteView.as_view(),
        name="opportunity-delete",
    ),
    path(
        "journeys/touchpoints/few/",
        important_few.ImportantFewView.as_view(),
        name="important-few",
    ),
    path("journeys/kano/", important_few.KanoView.as_view(), name="kano"),
    path(
        "journeys/kano/<int:pk>/delete/", important_few.KanoDeleteView.as_view(), name="kano-delete"
    ),
]
