"""Addresses of campaigns."""

from django.urls import URLPattern, path

from surveys.views import campaigns as views
from surveys.views.contact_policy import ContactPolicyView

urlpatterns: list[URLPattern] = [
    path("campaigns/", views.CampaignListView.as_view(), name="campaign-list"),
    path("campaigns/policy/", ContactPolicyView.as_view(), name="contact-policy"),
    path("campaigns/new/", views.CampaignCreateView.as_view(), name="campaign-create"),
    path("campaigns/<int:pk>/", views.CampaignDetailView.as_view(), name="campaign-detail"),
    path("campaigns/<int:pk>/edit/", views.CampaignEditView.as_view(), name="campaign-edit"),
    path(
        "campaigns/<int:pk>/progress/",
        views.CampaignProgressView.as_view(),
        name="campaign-progress",
    ),
    path(
        "campaigns/<int:pk>/left-out/", views.CampaignPeopleView.as_view(), name="campaign-left-out"
    ),
    path(
        "campaigns/<int:pk>/failures/",
        views.CampaignFailuresView.as_view(),
        name="campaign-failures",
    ),
    path(
        "campaigns/<int:pk>/mail/<slug:language>/",
        views.CampaignMailView.as_view(),
        name="campaign-mail",
    ),
    path("campaigns/<int:pk>/qr/", views.CampaignQrView.as_view(), name="campaign-qr"),
    path("campaigns/<int:pk>/test/", views.CampaignTestView.as_view(), name="campaign-test"),
    path("campaigns/<int:pk>/start/", views.CampaignStartView.as_view(), name="campaign-start"),
    path("campaigns/<int:pk>/pause/", views.CampaignPauseView.as_view(), name="campaign-pause"),
    path("campaigns/<int:pk>/resume/", views.CampaignResumeView.as_view(), name="campaign-resume"),
    path("campaigns/<int:pk>/stop/", views.CampaignStopView.as_view(), name="campaign-stop"),
    path("campaigns/<int:pk>/delete/", views.CampaignDeleteView.as_view(), name="campaign-delete"),
]
