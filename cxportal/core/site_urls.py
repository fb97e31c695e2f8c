"""Addresses of the ground floor outside any program."""

from django.urls import URLPattern, URLResolver, path

from cxportal.core.urls import dev_outbox
from cxportal.core.views import site

app_name = "site"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", site.RootView.as_view(), name="root"),
    path("language/", site.LanguageView.as_view(), name="language"),
    path("join/<str:token>/", site.JoinView.as_view(), name="join"),
    *dev_outbox.urlpatterns,
]
