"""Respondents' addresses: no sign-in, no program in the path, the token opens one survey."""

from django.urls import path

from surveys.views.public import respond

app_name = "public"
urlpatterns = [path("s/<path:rest>", respond, name="respond")]
