"""Error pages: what happened, what is safe, what to do now. None of them touches the database."""

import smtplib
import sys
import traceback
from urllib.parse import quote

import redis.exceptions
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

RETRY_AFTER = 30  # seconds
# Classes of SQLSTATE that say the server is away, not that a statement was wrong.
_AWAY = ("08", "57P", "53")
_MAIL_MODULES = ("smtplib", "anymail")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


def too_many(request: HttpRequest) -> HttpResponse:
    return render(request, "errors/429.html", status=429)


def broken(request: HttpRequest) -> HttpResponse:
    """500, or 503 when a server we need is away; told in the form the caller reads.

    Drawn without the frame and without the database: these may be what failed.
    """
    sentence = sentence_of(sys.exc_info()[1])
    status = 503 if sentence else 500
    shown = sentence or _("What was saved before is safe; the last step was not done.")
    if request.path.startswith("/api/"):
        response = _problem(status, shown)
    elif request.path.startswith(("/s/", "/u/")):
        response = _to_respondent(status)
    else:
        template = "errors/503.html" if sentence else "errors/500.html"
        response = HttpResponse(render_to_string(template, {"sentence": shown}), status=status)
    if status == 503:
        response.headers["Retry-After"] = str(RETRY_AFTER)
        response.headers["X-Portal-Message"] = quote(shown)
    return response


def sentence_of(error: BaseException | None) -> str:
    """What to tell when a server does not answer; "" for any other failure."""
    if _is_database_away(error):
        return _("The database does not answer just now. What was saved before is safe.")
    if isinstance(error, redis.exceptions.ConnectionError | redis.exceptions.TimeoutError):
        return _("A part of the portal does not answer just now. What was saved before is safe.")
    if _is_mail_away(error):
        return _("The mail server does not answer just now, so no mail was sent.")
    return ""


def _is_database_away(error: BaseException | None) -> bool:
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith(_AWAY)


def _is_mail_away(error: BaseException | None) -> bool:
    if isinstance(error, smtplib.SMTPException):
        return True
    if not isinstance(error, OSError):
        return False
    frames = traceback.walk_tb(error.__traceback__)
    names = (str(frame.f_globals.get("__name__", "")) for frame, _line in frames)
    return any(name.split(".")[0] in _MAIL_MODULES for name in names)


def _problem(status: int, sentence: str) -> HttpResponse:
    body = {
        "type": "about:blank",
        "title": "Service Unavailable" if status == 503 else "Internal Server Error",
        "status": status,
        "code": "unavailable" if status == 503 else "internal",
        "detail": sentence,
    }
    return JsonResponse(body, status=status, content_type="application/problem+json")


def _to_respondent(status: int) -> HttpResponse:
    context = {
        "heading": _("This does not work just now"),
        "text": _("Your answers up to here are safe. Please try again in a minute."),
    }
    return HttpResponse(render_to_string("errors/public.html", context), status=status)
