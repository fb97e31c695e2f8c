"""What the frame around every page needs."""

from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch

from cxportal.core.actors import Actor
from cxportal.core.models import Membership, Notification
from cxportal.core.registry import navigation_for


def frame(request: HttpRequest) -> dict[str, Any]:
    """actor, navigation, programs and the count of unread notices (lazily, per page)."""
    actor: Actor | None = getattr(request, "actor", None)
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"actor": None, "navigation": [], "programs": []}
    memberships = getattr(request, "memberships", None)
    if memberships is None:
        memberships = list(
            Membership.unscoped.filter(user=user, is_active=True)  # unscoped: one's own programs
            .select_related("program")
            .order_by("program__name")
        )
    programs = [m.program for m in memberships]
    if actor is None:
        return {"actor": None, "navigation": [], "programs": programs}
    path = request.path
    items = []
    for item in navigation_for(actor):
        try:
            url = actor.url(item.url_name)
        except NoReverseMatch:
            continue
        is_home = item.key == "home"
        active = path == url if is_home else path.startswith(url)
        items.append({"item": item, "url": url, "active": active})
    unread = Notification.objects.for_actor(actor).filter(membership=actor.membership, read_at=None)
    return {
        "actor": actor,
        "navigation": items,
        "programs": programs,
        # The frame shows it in words, as a dot and as a number: asked once for all of them.
        "unread_notifications": cache(unread.count),
    }
