"""Home and search, below /p/<program>/."""

from django.urls import path

from cxportal.home.views import home

app_name = "home"
urlpatterns = [
    path("", home.HomeView.as_view(), name="home"),
    path("search/", home.SearchView.as_view(), name="search"),
]
