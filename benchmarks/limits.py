"""A WSGI entrance that answers /bench/… without any middleware, and everything else as ever."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.core.wsgi import get_wsgi_application
from django.test.utils import override_settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxportal.settings")
portal = get_wsgi_application()


class BareRequest(WSGIRequest):
    """Routed to the bare views, whatever the portal's routes are."""

    urlconf = "benchmarks.bare"


with override_settings(MIDDLEWARE=[]):
    bare = WSGIHandler()
bare.request_class = BareRequest


def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """Send /bench/ to the bare views."""
    handler = bare if environ["PATH_INFO"].startswith("/bench/") else portal
    return handler(environ, start)
