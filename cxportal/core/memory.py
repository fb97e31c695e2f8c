"""What processes remember of rows, and how all of them forget when numbers come a second time.

A number of a row is given once, so a process may remember what it stood for. When a whole program
is taken over its rows keep their numbers, and those may have stood for something else here.
"""

import time
from uuid import uuid4

from django.core.cache import cache
from redis.exceptions import RedisError

from cxportal.core.registry import memories

CHECKED_EVERY = 2.0  # seconds, per process
_EPOCH = "memory-epoch"
_seen: dict[str, float | str | None] = {"epoch": None, "next": 0.0}


def memory_renew() -> None:
    """Forget here at once; every other process does within CHECKED_EVERY of its next work."""
    cache.set(_EPOCH, uuid4().hex, None)
    _forget()
    _seen["next"] = 0.0


def memory_check() -> None:
    """Forget when another process said so; asks the cache now and then only."""
    now = time.monotonic()
    if now < float(_seen["next"] or 0):
        return
    _seen["next"] = now + CHECKED_EVERY
    try:
        epoch = cache.get(_EPOCH)
    except RedisError:
        # The pages of respondents work without a broker; nothing is taken over without one.
        return
    if epoch != _seen["epoch"]:
        _seen["epoch"] = epoch
        _forget()


def _forget() -> None:
    for forget in memories:
        forget()
