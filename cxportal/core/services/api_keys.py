"""Keys of API clients: the secret is shown once, only its hash is kept."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, lock
from cxportal.core.errors import DomainError
from cxportal.core.models import ApiKey
from cxportal.core.policies import authorise
from cxportal.core.queries.api_keys import PREFIX_LENGTH, PURPOSE
from cxportal.core.scopes import SCOPES
from cxportal.core.tokens import hash_of, new_secret


@transaction.atomic
def api_key_create(
    *, actor: Actor, name: str, scopes: Iterable[str], expires_at: datetime | None = None
) -> tuple[ApiKey, str]:
    """Make a key; returns it with its secret, which cannot be read again.

    Raises DomainError: "invalid" without a name, "unknown_scope".
    """
    authorise(actor, "core.manage_api_keys")
    wanted = sorted(set(scopes))
    _check(name, wanted, expires_at)
    secret = f"cx_{new_secret()}"
    key = ApiKey.unscoped.create(  # unscoped: written for the actor's own program
        program=actor.program,
        name=name.strip(),
        prefix=secret[:PREFIX_LENGTH],
        key_hash=hash_of(secret, PURPOSE),
        scopes=wanted,
        created_by=actor.user,
        expires_at=expires_at,
    )
    audit(actor=actor, action="api_key.create", obj=key, changes={"scopes": wanted})
    return key, secret


def _check(name: str, scopes: list[str], expires_at: datetime | None) -> None:
    if not name.strip() or len(name.strip()) > 120:
        message = _("Give the key a name of at most 120 characters.")
        raise DomainError("invalid", message, details={"name": message})
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or not scopes:
        message = _("Choose the scopes from: %(scopes)s.") % {"scopes": ", ".join(SCOPES)}
        raise DomainError("unknown_scope", message, details={"scopes": message})
    if expires_at is not None and expires_at <= timezone.now():
        message = _("Choose a day in the future.")
        raise DomainError("invalid", message, details={"expires_at": message})


@transaction.atomic
def api_key_revoke(*, actor: Actor, api_key: ApiKey) -> ApiKey:
    """End a key at once; ending it again changes nothing."""
    authorise(actor, "core.manage_api_keys", api_key)
    stored = lock(api_key)
    if stored.revoked_at is None:
        stored.revoked_at = timezone.now()
        stored.save(update_fields=["revoked_at"])
        audit(actor=actor, action="api_key.revoke", obj=stored)
    return stored
