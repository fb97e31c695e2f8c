"""The respondent's page."""

from django.http import Http404, HttpRequest, HttpResponse


def respond(request: HttpRequest, rest: str) -> HttpResponse:
    """Everything below /s/: `rest` is "<token>/" and what follows it."""
    raise Http404(rest)
