"""Addresses of campaigns."""

from django.urls import URLPattern, path

from surveys.views import campaign_commands as commands
from surveys.views import campaign_links as links
from surveys.views import campaigns as views
from surveys.views import senders
from surveys.views.consent_notices import ConsentNoticesView
from surveys.views.contact_policy import ContactPolicyView

urlpatterns: list[URLPattern] = [
    path("campaigns/", views.CampaignListView.as_view(), name="campaign-list"),
    path("campaigns/senders/", senders.SenderListView.as_view(), name="sender-list"),
    path("campaigns/senders/new/", senders.SenderCreateView.as_view(), name="sender-create"),
    path("campaigns/senders/<int:pk>/", senders.SenderEditView.as_view(), name="sender-edit"),
    path(
        "campaigns/senders/<int:pk>/delete/",
        senders.SenderDeleteView.as_view(),
        name="sender-delete",
    ),
    path("campaigns/policy/", ContactPolicyView.as_view(), name="contact-policy"),
    path("campaigns/notices/", ConsentNoticesView.as_view(), name="consent-notices"),
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
    path("campaigns/<int:pk>/qr/", links.CampaignQrView.as_view(), name="campaign-qr"),
    path("campaigns/<int:pk>/links/", links.CampaignLinksView.as_view(), name="campaign-links"),
    path("campaigns/<int:pk>/test/", commands.CampaignTestView.as_view(), name="campaign-test"),
    path("campaigns/<int:pk>/start/", commands.CampaignStartView.as_view(), name="campaign-start"),
    path("campaigns/<int:pk>/pause/", commands.CampaignPauseView.as_view(), name="campaign-pause"),
    path(
        "campaigns/<int:pk>/resume/", commands.CampaignResumeView.as_view(), name="campaign-resume"
    ),
    path("campaigns/<int:pk>/retry/", commands.CampaignRetryView.as_view(), name="campaign-retry"),
    path("campaigns/<int:pk>/stop/", commands.CampaignStopView.as_view(), name="campaign-stop"),
    path(
        "campaigns/<int:pk>/delete/", commands.CampaignDeleteView.as_view(), name="campaign-delete"
    ),
]
