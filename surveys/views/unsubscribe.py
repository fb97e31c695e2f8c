"""The link at the foot of every mail: look on GET, act on POST (RFC 8058)."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils import timezone, translation

from surveys.models import Campaign
from surveys.services.preference_links import PREFERENCES, Door, door_of
from surveys.services.unsubscribes import invitation_unsubscribe
from surveys.views.preferences import preferences_answered, preferences_context, redirect_to

ONE_CLICK = ("List-Unsubscribe", "One-Click")
CONFIRMED = ("confirm", "yes")


def unsubscribe(request: HttpRequest, rest: str) -> HttpResponse:
    """Everything below /u/: `rest` is "<token>/" or "<token>/preferences/"."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    token, _slash, part = rest.rstrip("/").partition("/")
    door = door_of(token) if part in ("", PREFERENCES) else None
    if part and door is not None and door.person.erased_at:
        door = None
    zone = door.program.zone if door is not None else None
    with translation.override(_language(request, door)), timezone.override(zone):
        if door is None:
            return _page(request, "surveys/unsubscribe_unknown.html", None, status=404)
        if part:
            return _preferences(request, door)
        if door.invitation is None:
            # A notice of consent has no list to leave; all it leads to are the decisions.
            return redirect_to(door.preferences_path)
        if request.method == "POST" and _means_it(request):
            invitation_unsubscribe(invitation=door.invitation)
            return _page(request, "surveys/unsubscribe_done.html", door)
        return _page(request, "surveys/unsubscribe.html", door)


def _preferences(request: HttpRequest, door: Door) -> HttpResponse:
    if request.method == "POST":
        done = preferences_answered(request, door)
        return redirect_to(f"{door.preferences_path}?done={done}")
    return _page(request, "surveys/preferences.html", door, **preferences_context(request, door))


def _means_it(request: HttpRequest) -> bool:
    return any(request.POST.get(name) == value for name, value in (ONE_CLICK, CONFIRMED))


def _language(request: HttpRequest, door: Door | None) -> str:
    known = {code for code, _name in settings.LANGUAGES}
    if door is not None:
        for language in (door.person.language, door.program.default_language):
            if language in known:
                return language
    return translation.get_language_from_request(request)


def _page(
    request: HttpRequest, template: str, door: Door | None, *, status: int = 200, **shown: Any
) -> HttpResponse:
    context = {
        "brand_name": door.program.name if door is not None else "",
        "preferences_url": door.preferences_path if door is not None else "",
        **_campaign_words(door),
        **shown,
    }
    response = render(request, template, context, status=status)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["Content-Security-Policy"] = "default-src 'self'; object-src 'none'; base-uri 'none'"
    response["X-Frame-Options"] = "DENY"
    return response


def _campaign_words(door: Door | None) -> dict[str, bool]:
    """What unsubscribing stops: messages of the campaign's channel, advertising as well."""
    if door is None or door.invitation is None:
        return {}
    campaign = door.invitation.campaign
    by_sms = campaign.channel == Campaign.Channel.SMS
    return {"by_sms": by_sms, "advertising": campaign.is_advertising}
