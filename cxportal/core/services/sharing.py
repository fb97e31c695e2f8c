"""Links that show one report to anybody who has them, until they end or are taken back."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, lock
from cxportal.core.errors import DomainError
from cxportal.core.models import ShareLink
from cxportal.core.policies import authorise
from cxportal.core.queries.sharing import SHARE_PURPOSE
from cxportal.core.registry import Shareable, shareables
from cxportal.core.tokens import derived_pair

MAX_TITLE = 200
MAX_QUERY = 4000
LEAST_PASSWORD = 8
# Wrong passwords one link takes in a quarter of an hour, from wherever they come.
MAX_TRIES, TRIES_WINDOW = 20, 900
LONGEST = timedelta(days=3 * 365)


@transaction.atomic
def share_create(
    *,
    actor: Actor,
    kind: str,
    object_id: int | None = None,
    title: str,
    params: Mapping[str, Any] | None = None,
    content: Iterable[str] = (),
    language: str = "",
    password: str = "",
    expires_at: datetime | None = None,
) -> ShareLink:
    """Make a link; `queries.sharing.share_url` says its address.

    `params["query"]` is the query string of the page that is shared. Raises DomainError
    "invalid", "unknown_kind", "weak_password" or what the kind says about its object.
    """
    values = shared_values(
        actor=actor,
        kind=kind,
        object_id=object_id,
        title=title,
        params=params,
        content=content,
        language=language,
    )
    if password and len(password) < LEAST_PASSWORD:
        sentence = _("A password needs at least %(least)d characters.") % {"least": LEAST_PASSWORD}
        raise DomainError("weak_password", sentence, details={"password": sentence})
    _check_end(expires_at)
    nonce, token_hash = derived_pair(SHARE_PURPOSE)
    link = ShareLink.unscoped.create(  # unscoped: written for the actor's own program
        **values,
        nonce=nonce,
        token_hash=token_hash,
        password=make_password(password) if password else "",
        expires_at=expires_at,
    )
    audit(actor=actor, action="sharelink.create", obj=link, changes={"kind": kind})
    return link


def _check_end(expires_at: datetime | None) -> None:
    now = timezone.now()
    if expires_at is not None and not now < expires_at <= now + LONGEST:
        sentence = _("The end must be in the future, within three years.")
        raise DomainError("invalid", sentence, details={"expires_at": sentence})


def language_of(actor: Actor, language: str) -> str:
    """The language asked for if the program speaks it, else the program's own."""
    program = actor.program
    return language if language in program.languages else program.default_language


def shared_values(
    *,
    actor: Actor,
    kind: str,
    object_id: int | None,
    title: str,
    params: Mapping[str, Any] | None,
    content: Iterable[str],
    language: str,
) -> dict[str, Any]:
    """The checked fields of anything shared. Raises DomainError and Denied."""
    authorise(actor, "core.change_shares")
    shareable = shareable_of(kind)
    authorise(actor, shareable.permission)
    shareable.check(actor, object_id)
    if not title.strip():
        sentence = _("Give it a title.")
        raise DomainError("invalid", sentence, details={"title": sentence})
    query = str((params or {}).get("query", ""))
    chosen = sorted(set(content))
    if len(query) > MAX_QUERY or set(chosen) - {key for key, _label in shareable.content}:
        sentence = _("These contents cannot be shared.")
        raise DomainError("invalid", sentence, details={"content": sentence})
    return {
        "program": actor.program,
        "kind": kind,
        "object_id": object_id,
        "title": title.strip()[:MAX_TITLE],
        "params": {"query": query},
        "content": chosen,
        "language": language_of(actor, language),
        "created_by": actor.user,
    }


def shareable_of(kind: str) -> Shareable:
    """The registered kind. Raises DomainError "unknown_kind"."""
    if kind not in shareables:
        sentence = _("Nothing of this kind can be shared.")
        raise DomainError("unknown_kind", sentence, details={"kind": sentence})
    return shareables[kind]


@transaction.atomic
def share_revoke(*, actor: Actor, link: ShareLink) -> ShareLink:
    """Take a link back; it opens nothing from now on."""
    authorise(actor, "core.change_shares", link)
    stored = lock(link)
    if stored.revoked_at is None:
        stored.revoked_at = timezone.now()
        stored.save(update_fields=["revoked_at"])
        audit(actor=actor, action="sharelink.revoke", obj=stored)
    return stored


def share_password_fits(link: ShareLink, password: str) -> bool:
    """True for the link's password. Raises DomainError "too_many_tries" (429)."""
    name = f"share-tries:{link.pk}"
    cache.add(name, 0, TRIES_WINDOW)
    if int(cache.incr(name)) > MAX_TRIES:
        sentence = _("Too many wrong passwords. Try again in a quarter of an hour.")
        raise DomainError("too_many_tries", sentence, status=429)
    return check_password(password[:200], link.password)
