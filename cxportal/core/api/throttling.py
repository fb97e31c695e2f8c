"""A limit per key and minute, counted in the shared cache and said in headers."""

import logging
import time
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

WINDOW = 60  # seconds
_clients: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()
log = logging.getLogger(__name__)


class KeyThrottle(BaseThrottle):
    """At most settings.API_RATE_PER_MINUTE requests per key in a clock minute.

    INCR is atomic on the server, so parallel clients do not overshoot. While the cache is away
    nothing is counted: answers are taken in all the same.
    """

    wait_seconds = 0.0

    def allow_request(self, request: Request, view: Any) -> bool:
        now = time.time()
        window = int(now // WINDOW)
        who = request.user.pk if request.user else request.META["REMOTE_ADDR"]
        used = _count(f"api-rate:{who}:{window}")
        limit = int(settings.API_RATE_PER_MINUTE)
        self.wait_seconds = (window + 1) * WINDOW - now
        request._request.rate_limit = (limit, max(0, limit - used), self.wait_seconds)  # type: ignore[attr-defined]
        return used <= limit

    def wait(self) -> float:
        return self.wait_seconds


def _count(name: str) -> int:
    """Requests of this minute, this one among them: one round trip where the cache is a server."""
    store: Any = caches["default"]
    try:
        if not isinstance(store, RedisCache):
            store.add(name, 0, WINDOW * 2)
            return int(store.incr(name))
        key, client = store.make_and_validate_key(name), _client(store)
        used = int(client.incr(key))
        if used == 1:
            client.expire(key, WINDOW * 2)
        return used
    except (RedisError, ValueError):
        # ValueError: the cache was emptied between the two calls.
        log.warning("requests are not counted: the cache does not answer")
        return 0


def _client(store: Any) -> Any:
    """The store's connection, kept: Django makes a client anew for each call."""
    client = _clients.get(store)
    if client is None:
        client = _clients[store] = store._cache.get_client(write=True)
    return client
