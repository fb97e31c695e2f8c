"""The page behind a share link: no sign-in, no program in the address, nothing is changed."""

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils import timezone, translation

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from cxportal.core.models import ShareLink
from cxportal.core.pdf import CONTENT_TYPE
from cxportal.core.queries.sharing import share_by_token, share_path
from cxportal.core.registry import Shareable, shareables
from cxportal.core.services.sharing import share_password_fits

DOCUMENT = "report.pdf"
_COOKIE, _SALT, _HOURS = "share", "share-opened", 8


def shared_page(request: HttpRequest, rest: str) -> HttpResponse:
    """Everything below /share/: `rest` is "<token>/" or "<token>/report.pdf"."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    token, _slash, part = rest.partition("/")
    link = share_by_token(token) if part in ("", DOCUMENT) else None
    language = translation.get_language_from_request(request) if link is None else link.language
    try:
        with translation.override(language):
            answer = _answer(request, link, part)
    finally:
        timezone.deactivate()
    answer["Cache-Control"] = "no-store"
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex"
    answer["Content-Security-Policy"] = (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    )
    return answer


def _answer(request: HttpRequest, link: ShareLink | None, part: str) -> HttpResponse:
    shareable = shareables.get(link.kind) if link is not None else None
    if link is None or shareable is None:
        return render(request, "core/shared_gone.html", status=404)
    timezone.activate(link.program.zone)
    if link.password and not _opened(request, link):
        return _ask(request, link)
    if request.method == "POST":
        return HttpResponseNotAllowed(["GET", "HEAD"])
    try:
        return _shown(request, link, shareable, part)
    except DomainError as error:
        context = {"link": link, "problem": error.message}
        return render(request, "core/shared_gone.html", context, status=error.status)


def _shown(request: HttpRequest, link: ShareLink, shareable: Shareable, part: str) -> HttpResponse:
    guest = Actor.guest(link.program, link.language)
    if part == DOCUMENT and shareable.document is not None:
        return HttpResponse(shareable.document(guest, link).bytes(), content_type=CONTENT_TYPE)
    if part or shareable.page is None:
        return render(request, "core/shared_gone.html", status=404)
    page = shareable.page(guest, link, request.GET)
    context = {"link": link, "brand_name": link.program.name, **page.context}
    context |= {"document_url": DOCUMENT if shareable.document else "", "guest": guest}
    return render(request, page.template, context)


def _opened(request: HttpRequest, link: ShareLink) -> bool:
    """True when this browser gave the password within the last hours."""
    try:
        known = signing.loads(request.COOKIES.get(_COOKIE, ""), salt=_SALT, max_age=_HOURS * 3600)
    except signing.BadSignature:
        return False
    return bool(known == [link.pk, link.password[-12:]])


def _ask(request: HttpRequest, link: ShareLink) -> HttpResponse:
    """Ask for the password; the right one is remembered for some hours, for this link only."""
    context = {"brand_name": link.program.name, "problem": ""}
    status = 200
    if request.method == "POST":
        try:
            if share_password_fits(link, request.POST.get("password", "")):
                return _open(link)
            context["problem"], status = translation.gettext("This is not the password."), 403
        except DomainError as error:
            context["problem"], status = error.message, error.status
    return render(request, "core/shared_password.html", context, status=status)


def _open(link: ShareLink) -> HttpResponse:
    path = share_path(link)
    answer = HttpResponse(status=303, headers={"Location": path})
    answer.set_cookie(
        _COOKIE,
        signing.dumps([link.pk, link.password[-12:]], salt=_SALT),
        max_age=_HOURS * 3600,
        path=path,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
    return answer
