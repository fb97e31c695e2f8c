"""A person's own page, opened by their link: no sign-in; looks on GET, acts on POST."""

from typing import Any

import orjson
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cxportal.core.errors import DomainError
from cxportal.core.models import PrivacyLink
from cxportal.core.queries.consent import consents_latest
from cxportal.core.queries.timeline import customer_timeline
from cxportal.core.registry import person_pages
from cxportal.core.services.privacy import (
    CHANNELS,
    PURPOSES,
    person_correct,
    person_data,
    person_decide,
    person_erase,
    person_of,
    privacy_link_find,
)

DATA = "data.json"
SHOWN = 30
POSTS_AN_HOUR = 60


def privacy_page(request: HttpRequest, rest: str) -> HttpResponse:
    """Everything below /my/: `rest` is "<token>/" or "<token>/data.json"."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    token, _slash, part = rest.partition("/")
    link = privacy_link_find(token) if part in ("", DATA) else None
    try:
        with translation.override(_language(request, link)):
            answer = _answer(request, link, part)
    finally:
        timezone.deactivate()
    answer["Cache-Control"] = "no-store"
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex"
    answer["X-Frame-Options"] = "DENY"
    answer["Content-Security-Policy"] = (
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'"
    )
    return answer


def _language(request: HttpRequest, link: PrivacyLink | None) -> str:
    known = {code for code, _name in settings.LANGUAGES}
    wished = [request.GET.get("language", "")]
    if link is not None:
        wished += [link.customer.language, link.program.default_language]
    return next((w for w in wished if w in known), translation.get_language_from_request(request))


def _answer(request: HttpRequest, link: PrivacyLink | None, part: str) -> HttpResponse:
    if link is None:
        return render(request, "core/privacy_gone.html", status=404)
    timezone.activate(link.program.zone)
    actor, customer = person_of(link)
    if part == DATA:
        body = orjson.dumps(person_data(actor, customer), default=str, option=orjson.OPT_INDENT_2)
        answer = HttpResponse(body, content_type="application/json")
        answer["Content-Disposition"] = 'attachment; filename="my-data.json"'
        return answer
    if request.method == "POST":
        return _act(request, link)
    return _page(request, link)


def _act(request: HttpRequest, link: PrivacyLink) -> HttpResponse:
    key = f"privacy:{link.pk}"
    cache.add(key, 0, 3600)
    if cache.incr(key) > POSTS_AN_HOUR:
        return _page(request, link, status=429, problem=_("Please try again in an hour."))
    wish = request.POST.get("wish", "")
    try:
        if wish == "correct":
            values = {n: request.POST[n] for n in ("name", "email", "phone") if n in request.POST}
            person_correct(link=link, values=values)
        elif wish == "decide":
            person_decide(link=link, decisions=_decisions(request))
        elif wish == "erase" and request.POST.get("sure") == "yes":
            person_erase(link=link)
            return render(request, "core/privacy_erased.html", {"brand_name": link.program.name})
        else:
            sentence = _("Tick the box to say that you are sure.")
            return _page(request, link, status=422, problem=sentence)
    except DomainError as error:
        return _page(request, link, status=error.status, problem=error.message, typed=request.POST)
    return HttpResponseRedirect(f"{request.path}?done={wish}")


def _decisions(request: HttpRequest) -> dict[tuple[str, str], bool]:
    found = {}
    for purpose in PURPOSES:
        for channel in CHANNELS:
            said = request.POST.get(f"{purpose}-{channel}", "")
            if said in ("yes", "no"):
                found[purpose, str(channel)] = said == "yes"
    return found


def _page(
    request: HttpRequest, link: PrivacyLink, *, status: int = 200, **more: Any
) -> HttpResponse:
    actor, customer = person_of(link)
    PrivacyLink.objects.for_actor(actor).filter(pk=link.pk).update(last_used_at=timezone.now())
    customer.refresh_from_db()
    latest = {(c.purpose, c.channel): c.granted for c in consents_latest(actor, customer)}
    rows = [
        {
            "name": f"{purpose}-{channel}", "purpose": label, "channel": channel.label,
            "granted": latest.get((purpose, channel)),
        }
        for purpose, label in PURPOSES.items() for channel in CHANNELS
    ]  # fmt: skip
    pages = [(label, find(actor, customer)) for label, find in person_pages]
    done = {"correct": _("Your data are corrected."), "decide": _("Your decision is recorded.")}
    typed = more.get("typed") or {}
    context = {
        "brand_name": link.program.name,
        "customer": customer,
        "fields": {n: typed.get(n, getattr(customer, n)) for n in ("name", "email", "phone")},
        "consents": rows,
        "entries": customer_timeline(actor, customer, SHOWN),
        "done": done.get(request.GET.get("done", "")),
        "link": link,
        "pages": [(label, path) for label, path in pages if path],
        **more,
    }
    return render(request, "core/privacy_page.html", context, status=status)
