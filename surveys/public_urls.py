"""Respondents' addresses: no sign-in, no program in the path, the token opens one survey."""

from django.urls import path

from surveys.views.public import respond
from surveys.views.unsubscribe import unsubscribe

app_name = "public"
urlpatterns = [
    path("s/<path:rest>", respond, name="respond"),
    path("u/<path:rest>", unsubscribe, name="unsubscribe"),
]
