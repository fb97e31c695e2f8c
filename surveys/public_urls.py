"""Respondents' addresses: no sign-in, no program in the path, the token opens one survey."""

from django.urls import path

from surveys.views.embedding import embedding
from surveys.views.public import respond
from surveys.views.unsubscribe import unsubscribe

app_name = "public"
urlpatterns = [
    path("s/<path:rest>", respond, name="respond"),
    path("e/<path:rest>", embedding, name="embed"),
    path("u/<path:rest>", unsubscribe, name="unsubscribe"),
]
