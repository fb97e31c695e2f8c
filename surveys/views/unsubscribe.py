"""The link at the foot of every mail: look on GET, act on POST (RFC 8058)."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils import translation

from surveys.models import Invitation
from surveys.services.links import unsubscribe_invitation, unsubscribe_token
from surveys.services.unsubscribes import invitation_unsubscribe
from surveys.views.preferences import (
    person_of_invitation,
    preferences_answered,
    preferences_context,
    redirect_to,
)

ONE_CLICK = ("List-Unsubscribe", "One-Click")
CONFIRMED = ("confirm", "yes")
PREFERENCES = "preferences"


def unsubscribe(request: HttpRequest, rest: str) -> HttpResponse:
    """Everything below /u/: `rest` is "<token>/" or "<token>/preferences/"."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    token, _slash, part = rest.rstrip("/").partition("/")
    invitation = unsubscribe_invitation(token) if part in ("", PREFERENCES) else None
    if part and invitation is not None and person_of_invitation(invitation).erased_at:
        invitation = None
    with translation.override(_language(request, invitation)):
        if invitation is None:
            return _page(request, "surveys/unsubscribe_unknown.html", None, status=404)
        if part:
            return _preferences(request, invitation)
        if request.method == "POST" and _means_it(request):
            invitation_unsubscribe(invitation=invitation)
            return _page(request, "surveys/unsubscribe_done.html", invitation)
        return _page(request, "surveys/unsubscribe.html", invitation)


def _preferences(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    if request.method == "POST":
        done = preferences_answered(request, invitation)
        return redirect_to(f"/u/{unsubscribe_token(invitation)}/{PREFERENCES}/?done={done}")
    context = preferences_context(request, invitation)
    return _page(request, "surveys/preferences.html", invitation, **context)


def _means_it(request: HttpRequest) -> bool:
    return any(request.POST.get(name) == value for name, value in (ONE_CLICK, CONFIRMED))


def _language(request: HttpRequest, invitation: Invitation | None) -> str:
    known = {code for code, _name in settings.LANGUAGES}
    if invitation is not None:
        for language in (invitation.customer.language, invitation.program.default_language):
            if language in known:
                return language
    return translation.get_language_from_request(request)


def _page(
    request: HttpRequest,
    template: str,
    invitation: Invitation | None,
    *,
    status: int = 200,
    **shown: Any,
) -> HttpResponse:
    brand, more = "", ""
    if invitation is not None:
        brand = invitation.program.name
        more = f"/u/{unsubscribe_token(invitation)}/{PREFERENCES}/"
    context = {"brand_name": brand, "preferences_url": more, **shown}
    response = render(request, template, context, status=status)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["Content-Security-Policy"] = "default-src 'self'; object-src 'none'; base-uri 'none'"
    response["X-Frame-Options"] = "DENY"
    return response
