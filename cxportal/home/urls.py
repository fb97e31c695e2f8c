"""Home and search, below /p/<program>/."""

from django.urls import path

from cxportal.home.views import home, start

app_name = "home"
urlpatterns = [
    path("", home.HomeView.as_view(), name="home"),
    path("start/", start.StartView.as_view(), name="start"),
    path("start/skip/", start.StartSkipView.as_view(), name="start-skip"),
    path("start/ask/", start.StartAskView.as_view(), name="start-ask"),
    path("search/", home.SearchView.as_view(), name="search"),
]
