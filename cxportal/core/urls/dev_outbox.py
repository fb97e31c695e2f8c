"""Addresses of the outbox of a portal to try, outside any program."""

from django.urls import URLPattern, path

from cxportal.core.views import dev_outbox as views

urlpatterns: list[URLPattern] = [
    path("dev/outbox/", views.outbox, name="outbox"),
    path("dev/outbox/<slug:name>/", views.outbox_mail, name="outbox-mail"),
    path("dev/outbox/<slug:name>/html/", views.outbox_html, name="outbox-html"),
    path("dev/outbox/<slug:name>/file/", views.outbox_file, name="outbox-file"),
]
