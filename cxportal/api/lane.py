"""Requests of the API's clients: no session, no cookie, no form, so no middleware for them.

The key in the header is all that opens the API (`core/api/authentication.py`); what a browser
needs is left to the pages. `PublicFastLane` hands every address below /api/v1/ over to here.
"""

from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.urls import ResolverMatch, resolve
from django.utils import translation
from django.utils.cache import patch_vary_headers

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
}
#: Addresses without a part that differs: as many as the API has, found without a search.
_fixed: dict[tuple[str, str], ResolverMatch] = {}


def api_request(request: HttpRequest, rest: str) -> HttpResponse:
    """Answer in the language the client asks for, until its key says another."""
    request.get_host()  # refuses a host that is not ours
    translation.activate(translation.get_language_from_request(request))
    response = cast(HttpResponse, _compressed(request))
    patch_vary_headers(response, ("Accept-Language",))
    response.headers.setdefault("Content-Language", translation.get_language() or "en")
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if not response.streaming and "Content-Length" not in response.headers:
        response.headers["Content-Length"] = str(len(response.content))
    return response


def _answer(request: HttpRequest) -> HttpResponse:
    match = request.resolver_match = _match(request.path_info)
    response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    render = getattr(response, "render", None)
    return render() if callable(render) else response


_compressed = GZipMiddleware(_answer)


def _match(path: str) -> ResolverMatch:
    found = _fixed.get((settings.ROOT_URLCONF, path))
    if found is None:
        found = resolve(path)
        if not found.kwargs and not found.args:
            _fixed[settings.ROOT_URLCONF, path] = found
    return found
