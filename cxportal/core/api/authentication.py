"""`Authorization: Bearer KEY`: the key is looked up by its hash and brings its program."""

from datetime import timedelta
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from cxportal.core.actors import Actor
from cxportal.core.models import ApiKey
from cxportal.core.queries.api_keys import api_key_by_secret

SEEN_EVERY = timedelta(minutes=1)


class ApiKeyAuthentication(BaseAuthentication):
    """Puts `request.actor`; anything but a live key is refused."""

    keyword = "Bearer"

    def authenticate(self, request: Request) -> tuple[Any, ApiKey] | None:
        word, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if word.lower() != self.keyword.lower() or not secret:
            return None
        key = api_key_by_secret(secret.strip())
        if key is None:
            raise AuthenticationFailed(
                _("This API key is unknown, expired or revoked. Make a new one in the settings.")
            )
        actor = Actor.key(key)
        request._request.actor = actor  # type: ignore[attr-defined]
        _see(key)
        wanted = translation.get_language_from_request(request._request)
        has_wish = "Accept-Language" in request.headers
        translation.activate(wanted if has_wish else actor.language)
        return ApiClient(actor), key

    def authenticate_header(self, request: Request) -> str:
        return self.keyword


class ApiClient:
    """What DRF calls the user: an authenticated client that carries the actor."""

    is_authenticated = True
    is_active = True

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.pk = f"key-{actor.api_key.pk if actor.api_key else 0}"


def _see(key: ApiKey) -> None:
    now = timezone.now()
    if key.last_used_at is None or now - key.last_used_at > SEEN_EVERY:
        ApiKey.unscoped.filter(pk=key.pk).update(last_used_at=now)  # unscoped: the key found above
