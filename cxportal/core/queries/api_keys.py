"""Keys of API clients."""

from copy import copy
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.models import ApiKey
from cxportal.core.prepared import prepared_cursor
from cxportal.core.tokens import matches

PURPOSE = "api-key"
PREFIX_LENGTH = 12
_MOST_KEPT = 1000
# Each change of a row gives it another place and writer.
_STAMP = """
SELECT k.id, k.ctid::text, k.xmin::text, p.ctid::text, p.xmin::text
FROM core_apikey k JOIN core_program p ON p.id = k.program_id
WHERE k.prefix = %(prefix)s::text AND k.revoked_at IS NULL
"""
_known: dict[int, tuple[tuple[Any, ...], ApiKey]] = {}


def api_key_by_secret(secret: str) -> ApiKey | None:
    """The live key of a secret, with its program: neither revoked nor expired.

    One small query, which says where key and program are stored and by which transaction they
    were written. Only when that is not what this process remembers are they read anew, so that a
    key that is revoked, or a program that is changed, counts from the next request on.
    """
    with prepared_cursor() as cursor:
        cursor.execute(_STAMP, {"prefix": secret[:PREFIX_LENGTH].replace("\x00", "")})
        stamp = cursor.fetchone()
    if stamp is None:
        return None
    known = _known.get(stamp[0])
    if known is None or known[0] != stamp:
        key = ApiKey.unscoped.select_related("program").get(pk=stamp[0])  # unscoped: the key's own
        if len(_known) >= _MOST_KEPT:
            _known.clear()
        known = _known[key.pk] = (stamp, key)
    return _live(known[1], secret)


def _live(key: ApiKey, secret: str) -> ApiKey | None:
    """A copy of the key for one request; compared in constant time."""
    if not matches(secret, PURPOSE, key.key_hash) or key.revoked_at is not None:
        return None
    if key.expires_at is not None and key.expires_at <= timezone.now():
        return None
    own = copy(key)
    own.program = copy(key.program)
    return own


def api_keys_listed(actor: Actor) -> QuerySet[ApiKey]:
    """Keys of the program, living ones first."""
    return ApiKey.objects.for_actor(actor).order_by("revoked_at", "-created_at")
