"""A limit per key and minute, counted in the shared cache and said in headers."""

import logging
import time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

WINDOW = 60  # seconds
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
    try:
        cache.add(name, 0, WINDOW * 2)
        return int(cache.incr(name))
    except (RedisError, ValueError):
        # ValueError: the cache was emptied between the two calls.
        log.warning("requests are not counted: the cache does not answer")
        return 0
