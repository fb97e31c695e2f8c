"""Addresses of settings: the program, keys, webhooks."""

from django.urls import URLPattern, path

from cxportal.core.views import operation, retention, settings, webhooks

urlpatterns: list[URLPattern] = [
    path("settings/", settings.SettingsView.as_view(), name="settings"),
    path("settings/program/", settings.ProgramSettingsView.as_view(), name="program-settings"),
    path("settings/retention/", retention.RetentionView.as_view(), name="retention"),
    path("settings/health/", operation.OperationView.as_view(), name="operation"),
    path("settings/keys/", settings.KeyListView.as_view(), name="key-list"),
    path("settings/keys/new/", settings.KeyCreateView.as_view(), name="key-create"),
    path("settings/keys/<int:pk>/revoke/", settings.KeyRevokeView.as_view(), name="key-revoke"),
    path("settings/webhooks/", webhooks.WebhookListView.as_view(), name="webhook-list"),
    path("settings/webhooks/new/", webhooks.WebhookCreateView.as_view(), name="webhook-create"),
    path(
        "settings/webhooks/<int:pk>/", webhooks.WebhookDetailView.as_view(), name="webhook-detail"
    ),
    path(
        "settings/webhooks/<int:pk>/edit/", webhooks.WebhookEditView.as_view(), name="webhook-edit"
    ),
    path(
        "settings/webhooks/<int:pk>/test/", webhooks.WebhookTestView.as_view(), name="webhook-test"
    ),
    path(
        "settings/webhooks/<int:pk>/switch/",
        webhooks.WebhookSwitchView.as_view(),
        name="webhook-switch",
    ),
    path(
        "settings/webhooks/<int:pk>/secret/",
        webhooks.WebhookSecretView.as_view(),
        name="webhook-secret",
    ),
    path(
        "settings/webhooks/<int:pk>/delete/",
        webhooks.WebhookDeleteView.as_view(),
        name="webhook-delete",
    ),
    path(
        "settings/deliveries/<int:pk>/retry/",
        webhooks.DeliveryRetryView.as_view(),
        name="delivery-retry",
    ),
]
