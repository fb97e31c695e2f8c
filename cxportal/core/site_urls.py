"""Addresses of the ground floor outside any program."""

from django.urls import URLPattern, URLResolver, path

from cxportal.core.urls import dev_outbox
from cxportal.core.views import site
from cxportal.core.views.privacy_page import privacy_page
from cxportal.core.views.shared_page import shared_page

app_name = "site"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", site.RootView.as_view(), name="root"),
    path("language/", site.LanguageView.as_view(), name="language"),
    path("join/<str:token>/", site.JoinView.as_view(), name="join"),
    path("my/<path:rest>", privacy_page, name="privacy"),
    path("share/<path:rest>", shared_page, name="share"),
    *dev_outbox.urlpatterns,
]
