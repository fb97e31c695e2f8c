"""Shared links and scheduled reports, as lists and by token."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.models import ScheduledReport, Shared, ShareLink
from cxportal.core.registry import shareables
from cxportal.core.tokens import derive, hash_of

SHARE_PURPOSE = "share"
PREFIX = "/share/"


def share_links_listed(actor: Actor) -> QuerySet[ShareLink]:
    """Links of the program with who made them."""
    return ShareLink.objects.for_actor(actor).select_related("created_by")


def scheduled_reports_listed(actor: Actor) -> QuerySet[ScheduledReport]:
    """Scheduled reports of the program with who made them."""
    return ScheduledReport.objects.for_actor(actor).select_related("created_by")


def share_by_token(token: str) -> ShareLink | None:
    """The live link of a token: neither taken back nor ended."""
    alive = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    rows = ShareLink.unscoped.filter(  # unscoped: the token itself brings the program
        alive, token_hash=hash_of(token, SHARE_PURPOSE), revoked_at=None
    )
    return rows.select_related("program").first()


def share_path(link: ShareLink) -> str:
    """The link's path, which only the portal's secret key can tell."""
    return f"{PREFIX}{derive(link.nonce, SHARE_PURPOSE)}/"


def share_url(link: ShareLink) -> str:
    """The address to hand on."""
    return f"{settings.SITE_URL.rstrip('/')}{share_path(link)}"


def share_state(link: ShareLink) -> str:
    """ "active", "revoked" or "expired"."""
    if link.revoked_at is not None:
        return "revoked"
    ended = link.expires_at is not None and link.expires_at <= timezone.now()
    return "expired" if ended else "active"


def shared_query(shared: Shared) -> QueryDict:
    """The query string something was shared with."""
    return QueryDict(str(shared.params.get("query", "")))


def kind_label(kind: str) -> str:
    """What a kind is called; the kind itself where nobody registers it any more."""
    return str(shareables[kind].label) if kind in shareables else kind


def share_form_query(kind: str, object_id: int | None, title: str, query: str) -> str:
    """The query string that opens the forms of sharing for something."""
    values: dict[str, Any] = {"kind": kind, "title": title, "query": query}
    if object_id is not None:
        values["object"] = object_id
    return urlencode(values)
