"""Addresses of automations."""

from django.urls import URLPattern, path

from journeys.views import automations as views

urlpatterns: list[URLPattern] = [
    path("automations/", views.AutomationListView.as_view(), name="automation-list"),
    path("automations/new/", views.AutomationCreateView.as_view(), name="automation-new"),
    path("automations/take/", views.AutomationTakeView.as_view(), name="automation-take"),
    path("automations/<int:pk>/", views.AutomationDetailView.as_view(), name="automation-detail"),
    path("automations/<int:pk>/edit/", views.AutomationEditView.as_view(), name="automation-edit"),
    path(
        "automations/<int:pk>/switch/",
        views.AutomationSwitchView.as_view(),
        name="automation-switch",
    ),
    path(
        "automations/<int:pk>/delete/",
        views.AutomationDeleteView.as_view(),
        name="automation-delete",
    ),
]
