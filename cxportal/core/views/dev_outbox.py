"""The outbox of a portal to try: every mail it sent, read in the browser. Not there otherwise."""

import ipaddress
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cxportal.core.outbox_folder import Mail, mail_named, mails_newest, outbox_is_shown
from cxportal.core.views.mail_frame import as_mail, framed

PAGE = 50
View = Callable[..., HttpResponseBase]


def only_here(view: View) -> View:
    """Password links lie in these mails: for this machine's own browser and operators only."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        trusted = _is_loopback(request) or getattr(request.user, "is_superuser", False)
        if not (outbox_is_shown() and trusted):
            raise Http404
        return view(request, *args, **kwargs)

    return cast(View, never_cache(require_safe(guarded)))


def _is_loopback(request: HttpRequest) -> bool:
    """Asked from this machine, and not passed on by a proxy for somebody else."""
    try:
        local = ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
    return local and "HTTP_X_FORWARDED_FOR" not in request.META


def _mail(name: str) -> Mail:
    mail = mail_named(name)
    if mail is None:
        raise Http404
    return mail


@only_here
def outbox(request: HttpRequest) -> HttpResponse:
    """All mails, newest first."""
    search = request.GET.get("search", "")
    mails = mails_newest(before=request.GET.get("before", ""), count=PAGE + 1, search=search)
    older = mails[PAGE - 1].name if len(mails) > PAGE else ""
    context = {"mails": mails[:PAGE], "older": older, "search": search}
    return render(request, "core/dev_outbox.html", context)


@only_here
def outbox_mail(request: HttpRequest, name: str) -> HttpResponse:
    """One mail: as HTML in a closed frame, as text, and its head."""
    return render(request, "core/dev_outbox_mail.html", {"mail": _mail(name)})


@only_here
@as_mail
def outbox_html(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML part alone, under a policy that lets nothing run."""
    return HttpResponse(framed(_mail(name).html))


@only_here
def outbox_file(request: HttpRequest, name: str) -> HttpResponse:
    """The message as it was sent."""
    response = HttpResponse(_mail(name).message.as_bytes(), content_type="message/rfc822")
    response["Content-Disposition"] = f'attachment; filename="{name}.eml"'
    return response
