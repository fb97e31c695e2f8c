"""Secret addresses of one member: a calendar to subscribe to, a form to log actions."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit
from cxportal.core.errors import DomainError
from cxportal.core.models import Membership
from cxportal.core.policies import authorise
from cxportal.core.tokens import hash_of, new_secret
from journeys.models import BoardLink


@transaction.atomic
def board_link_create(*, actor: Actor, kind: str) -> tuple[BoardLink, str]:
    """Make a link of one's own, instead of an earlier one of its kind; returns it with its token.

    The token is shown once: only its hash is kept. Raises DomainError "invalid".
    """
    authorise(actor, "journeys.view_boards")
    if actor.membership is None or kind not in BoardLink.Kind.values:
        raise DomainError("invalid", _("Only a member can have such a link."))
    mine: Any = BoardLink.objects.for_actor(actor).filter(
        membership=actor.membership, kind=kind, revoked_at=None
    )
    mine.update(revoked_at=timezone.now())
    token = new_secret()
    link = BoardLink(
        program=actor.program,
        membership=actor.membership,
        kind=kind,
        token_hash=hash_of(token, f"board-{kind}"),
    )
    link.save()
    audit(actor=actor, action="board_link.create", obj=link)
    return link, token


@transaction.atomic
def board_link_revoke(*, actor: Actor, link: BoardLink) -> None:
    """End one's own link at once."""
    authorise(actor, "journeys.view_boards", link)
    if actor.membership is None or link.membership_id != actor.membership.pk:
        raise DomainError("not_found", _("This is not your link."), status=404)
    link.revoked_at = timezone.now()
    link.save(update_fields=["revoked_at"])
    audit(actor=actor, action="board_link.revoke", obj=link)


def board_link_actor(token: str, kind: str) -> Actor | None:
    """The member behind a token, as an actor; None for an unknown, revoked or former one's."""
    rows = BoardLink.unscoped.filter(  # unscoped: the token is the key
        token_hash=hash_of(token, f"board-{kind}"), kind=kind, revoked_at=None
    )
    link = rows.select_related("membership__user", "membership__program").first()
    if link is None or not link.membership.is_active or not link.membership.user.is_active:
        return None
    BoardLink.unscoped.filter(pk=link.pk).update(  # unscoped: the row found above
        used_at=timezone.now()
    )
    members = Membership.unscoped.filter(pk=link.membership_id)  # unscoped: the token's own member
    found = members.select_related("user", "program").prefetch_related("teams").get()
    return Actor.member(found)
