"""The respondent's page: served before sessions and sign-in, without cookies or scripts."""

import re
from collections.abc import Callable
from uuid import UUID

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.translation import get_language_from_request
from django.utils.translation import gettext as _

from surveys.queries.links import target_of
from surveys.rendering import message_page
from surveys.views.framed_pages import fitted
from surveys.views.public_assets import survey_image, survey_theme
from surveys.views.public_closed import closed_page
from surveys.views.public_gate import asked_for_password, contact_wanted
from surveys.views.public_pages import pages_answered, pages_shown
from surveys.views.public_results import results_wanted
from surveys.views.public_rules import rules_answered, rules_shown
from surveys.views.visits import Visit

_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,200}")
_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none';"
    " form-action 'self'; frame-ancestors 'self'"
)
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def respond(request: HttpRequest, rest: str) -> HttpResponseBase:
    """Everything below /s/: `rest` is "<token>/" and what follows it."""
    if rest.startswith("theme/"):
        return survey_theme(rest.removeprefix("theme/").removesuffix(".css"))
    if rest.startswith("image/"):
        return survey_image(rest.removeprefix("image/"))
    try:
        response = _answer(request, rest)
    except (OperationalError, InterfaceError):
        response = _unavailable(request)
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _answer(request: HttpRequest, rest: str) -> HttpResponse:
    token, slash, more = rest.partition("/")
    if more or not _TOKEN.fullmatch(token):
        return _unknown(request)
    if not slash:
        return HttpResponseRedirect(f"/s/{token}/" + _query(request))
    handler = _METHODS.get(request.method or "")
    if handler is None:
        allowed = HttpResponse(status=405)
        allowed.headers["Allow"] = ", ".join(_METHODS)
        return allowed
    given = request.POST if request.method == "POST" else request.GET
    submission = _uuid(given.get("submission_id") or given.get("s") or "")
    target = target_of(token, submission)
    if target is None:
        return _unknown(request)
    visit = Visit.of(request, target, given, submission)
    return fitted(visit, handler(visit))


def _query(request: HttpRequest) -> str:
    query = request.META.get("QUERY_STRING", "")
    return f"?{query}" if query else ""


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _get(visit: Visit) -> HttpResponse:
    refused = results_wanted(visit) or _closed_or_answered(visit) or asked_for_password(visit)
    if refused is not None:
        return refused
    plain = not visit.form.has_flow and not visit.target.access
    return pages_shown(visit) if plain else rules_shown(visit)


def _post(visit: Visit) -> HttpResponse:
    if visit.given.get("contact") and visit.target.is_answered and visit.version is not None:
        return contact_wanted(visit)
    refused = _closed_or_answered(visit) or asked_for_password(visit)
    if refused is not None:
        return refused
    if visit.form.has_flow or visit.target.access or visit.target.is_answered:
        return rules_answered(visit)
    return pages_answered(visit)


def _closed_or_answered(visit: Visit) -> HttpResponse | None:
    if visit.target.is_answered and visit.version is not None and not visit.target.may_change():
        return visit.thanks(again=visit.request.method == "GET")
    closed = visit.target.closed()
    if closed is None:
        return None
    return closed_page(visit, closed)


def _unknown(request: HttpRequest) -> HttpResponse:
    return _plain(
        request,
        404,
        lambda: _("This link does not open a survey"),
        lambda: _(
            "Perhaps a part of the address is missing. Open the link in your message once"
            " more, or copy it whole."
        ),
    )


def _unavailable(request: HttpRequest) -> HttpResponse:
    answer = _plain(
        request,
        503,
        lambda: _("The survey cannot be reached right now"),
        lambda: _(
            "Nothing was saved just now. Go back in your browser, where your answers still"
            " are, and send them again in a minute."
        ),
    )
    answer.headers["Retry-After"] = "60"
    return answer


def _plain(
    request: HttpRequest, status: int, heading: Callable[[], str], text: Callable[[], str]
) -> HttpResponse:
    language = get_language_from_request(request)
    with translation.override(language):
        page = message_page(heading(), [text()], LANGUAGE_CODE=language)
    return HttpResponse(page, status=status)


_METHODS: dict[str, Callable[[Visit], HttpResponse]] = {"GET": _get, "HEAD": _get, "POST": _post}
