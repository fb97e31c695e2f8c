"""A limit per key and minute, counted in the shared cache and said in headers."""

import time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

WINDOW = 60  # seconds


class KeyThrottle(BaseThrottle):
    """At most settings.API_RATE_PER_MINUTE requests per key in a clock minute.

    INCR is atomic on the server, so parallel clients do not overshoot.
    """

    wait_seconds = 0.0

    def allow_request(self, request: Request, view: Any) -> bool:
        now = time.time()
        window = int(now // WINDOW)
        name = (
            f"api-rate:{request.user.pk if request.user else request.META['REMOTE_ADDR']}:{window}"
        )
        cache.add(name, 0, WINDOW * 2)
        used = cache.incr(name)
        limit = settings.API_RATE_PER_MINUTE
        self.wait_seconds = (window + 1) * WINDOW - now
        request._request.rate_limit = (limit, max(0, limit - used), self.wait_seconds)  # type: ignore[attr-defined]
        return bool(used <= limit)

    def wait(self) -> float:
        return self.wait_seconds
