"""Addresses that the frame links to, so that it can be drawn without the floors above it."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def _page(request: HttpRequest, **_kwargs: str) -> HttpResponse:
    return HttpResponse(request.path)


_home = ([path("", _page, name="home"), path("search/", _page, name="search")], "home")
_core = ([path("notifications/", _page, name="notification-list")], "core")
_site = ([path("language/", _page, name="language")], "site")

urlpatterns = [
    path("p/<slug:program>/", include(_home)),
    path("p/<slug:program>/", include(_core)),
    path("", include(_site)),
    path("accounts/", include("allauth.urls")),
]
