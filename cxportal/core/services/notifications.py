"""Notices to members: something they should know, told once, read when they like."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.models import Membership, Notification
from cxportal.core.policies import authorise

KEPT_URL = 300


def notify(
    *,
    actor: Actor,
    membership: Membership,
    kind: str,
    params: Mapping[str, Any] | None = None,
    url: str = "",
) -> Notification | None:
    """Tell one member; never oneself about one's own doing, never somebody who left.

    `kind` is a key of registry.notification_sentences, `params` fill its placeholders.
    """
    own = actor.membership is not None and actor.membership.pk == membership.pk
    if own or not membership.is_active or membership.program_id != actor.program_id:
        return None
    return Notification.unscoped.create(  # unscoped: written for the actor's own program
        program=actor.program,
        membership=membership,
        kind=kind,
        params=dict(params or {}),
        url=url[:KEPT_URL],
    )


def notify_many(
    *,
    actor: Actor,
    memberships: Iterable[Membership],
    kind: str,
    params: Mapping[str, Any] | None = None,
    url: str = "",
) -> int:
    """Tell several members; returns how many."""
    told = [
        notify(actor=actor, membership=m, kind=kind, params=params, url=url) for m in memberships
    ]
    return sum(notice is not None for notice in told)


@transaction.atomic
def notifications_read(*, actor: Actor, ids: Iterable[int] | None = None) -> int:
    """Mark one's own notices as read, all when no ids are given; returns how many were unread."""
    authorise(actor, "core.own_notifications")
    mine = Notification.objects.for_actor(actor).filter(membership=actor.membership, read_at=None)
    if ids is not None:
        mine = mine.filter(pk__in=list(ids))
    return mine.update(read_at=timezone.now())
