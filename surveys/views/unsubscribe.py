"""The link at the foot of every mail: look on GET, act on POST (RFC 8058)."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils import translation

from surveys.models import Invitation
from surveys.services.links import unsubscribe_invitation
from surveys.services.unsubscribes import invitation_unsubscribe

ONE_CLICK = ("List-Unsubscribe", "One-Click")
CONFIRMED = ("confirm", "yes")


def unsubscribe(request: HttpRequest, rest: str) -> HttpResponse:
    """Everything below /u/: `rest` is "<token>/"."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    invitation = unsubscribe_invitation(rest.rstrip("/"))
    with translation.override(_language(request, invitation)):
        if invitation is None:
            return _page(request, "surveys/unsubscribe_unknown.html", None, status=404)
        if request.method == "POST" and _means_it(request):
            invitation_unsubscribe(invitation=invitation)
            return _page(request, "surveys/unsubscribe_done.html", invitation)
        return _page(request, "surveys/unsubscribe.html", invitation)


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
    request: HttpRequest, template: str, invitation: Invitation | None, *, status: int = 200
) -> HttpResponse:
    brand = invitation.program.name if invitation is not None else ""
    response = render(request, template, {"brand_name": brand}, status=status)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["Content-Security-Policy"] = "default-src 'self'; object-src 'none'; base-uri 'none'"
    response["X-Frame-Options"] = "DENY"
    return response
