"""Keys of API clients."""

from django.db.models import QuerySet
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.models import ApiKey
from cxportal.core.tokens import matches

PURPOSE = "api-key"
PREFIX_LENGTH = 12


def api_key_by_secret(secret: str) -> ApiKey | None:
    """The live key of a secret: neither revoked nor expired; compared in constant time."""
    now = timezone.now()
    rows = ApiKey.unscoped.filter(  # unscoped: the key itself brings the program
        prefix=secret[:PREFIX_LENGTH], revoked_at=None
    )
    for key in rows.select_related("program"):
        alive = key.expires_at is None or key.expires_at > now
        if alive and matches(secret, PURPOSE, key.key_hash):
            return key
    return None


def api_keys_listed(actor: Actor) -> QuerySet[ApiKey]:
    """Keys of the program, living ones first."""
    return ApiKey.objects.for_actor(actor).order_by("revoked_at", "-created_at")
