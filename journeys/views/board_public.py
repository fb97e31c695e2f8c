"""Pages behind a secret address: a member's calendar, and a form to log an action from a phone.

They are answered before sessions and sign-in: the token in the address is the key, known by its
hash only, of one purpose, and revoked by its owner.
"""

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseNotFound
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from journeys.calc.icalendar import Day, calendar
from journeys.models import BoardLink
from journeys.queries.actions import actions_mine
from journeys.queries.cases import cases_mine
from journeys.services.actions import action_create
from journeys.services.board_links import board_link_actor

MOST_DAYS = 500
TITLE_LENGTH = 200


def calendar_public(request: HttpRequest, rest: str) -> HttpResponse:
    """`/calendar/<token>.ics`: open actions and cases of the member behind the token."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    token = rest.removesuffix(".ics")
    actor = board_link_actor(token, BoardLink.Kind.CALENDAR) if rest.endswith(".ics") else None
    if actor is None:
        return HttpResponseNotFound()
    with translation.override(actor.language):
        name = _("%(program)s: actions and cases") % {"program": actor.program.name}
        body = calendar(name, _days(request, actor), timezone.now())
    return _private(HttpResponse(body, content_type="text/calendar; charset=utf-8"))


def _days(request: HttpRequest, actor: Actor) -> list[Day]:
    zone = actor.program.zone
    days = [
        Day(
            uid=f"action-{action.pk}@{actor.program.slug}",
            on=action.due,
            title=action.title,
            url=request.build_absolute_uri(actor.url("journeys:action-detail", action.pk)),
            detail=str(action.column),
        )
        for action in actions_mine(actor).exclude(due=None)[:MOST_DAYS]
    ]
    return days + [
        Day(
            uid=f"case-{case.pk}@{actor.program.slug}",
            on=case.due_at.astimezone(zone).date(),
            # The title may hold a name: a calendar leaves the portal.
            title=_("Case #%(number)d") % {"number": case.pk},
            url=request.build_absolute_uri(actor.url("journeys:case-detail", case.pk)),
            detail=str(case.get_severity_display()),
        )
        for case in cases_mine(actor).order_by("due_at")[:MOST_DAYS]
    ]


def capture_public(request: HttpRequest, rest: str) -> HttpResponse:
    """`/capture/<token>/`: one line and a button; what is typed becomes an action."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    actor = board_link_actor(rest.rstrip("/"), BoardLink.Kind.CAPTURE)
    if actor is None:
        return HttpResponseNotFound()
    with translation.override(actor.language):
        context = {"program": actor.program, "title": "", "error": "", "logged": ""}
        status = 200
        if request.method == "POST":
            status = _log(request, actor, context)
        return _private(render(request, "journeys/capture.html", context, status=status))


def _log(request: HttpRequest, actor: Actor, context: dict[str, object]) -> int:
    title = request.POST.get("title", "")[: TITLE_LENGTH + 1]
    words = request.POST.get("description", "")
    try:
        action = action_create(actor=actor, title=title, description=words)
    except DomainError as error:
        context |= {"title": title, "description": words, "error": error.message}
        return error.status
    context["logged"] = action.title
    return 200


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
