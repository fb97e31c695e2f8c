"""What a website fetches to show a survey: one script of ours, and the rules of one campaign."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse

from cxportal.core.tokens import hash_of
from surveys.models import Campaign, Survey
from surveys.queries.links import OPEN_LINK

SCRIPT = "embed.js"
_SCRIPT_SECONDS, _RULES_SECONDS = 3600, 60
_TOLD = ("mode", "pages", "delay", "scroll", "share", "again_days", "position")


def embedding(request: HttpRequest, rest: str) -> HttpResponse:
    """Everything below /e/: "embed.js", else "<token>/" for a campaign's rules as JSON."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    if rest == SCRIPT:
        return _cached(HttpResponse(_script(), content_type="text/javascript"), _SCRIPT_SECONDS)
    rules = _rules(rest.rstrip("/"))
    body = orjson.dumps(rules or {"open": False})
    response = HttpResponse(body, content_type="application/json", status=200 if rules else 404)
    # Any site may read the rules: they say nothing about anybody.
    response["Access-Control-Allow-Origin"] = "*"
    return _cached(response, _RULES_SECONDS)


def _cached(response: HttpResponse, seconds: int) -> HttpResponse:
    response["Cache-Control"] = f"public, max-age={seconds}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@lru_cache(maxsize=1)
def _kept_script() -> bytes:
    path = finders.find("js/embed/embed.js") or str(settings.STATIC_ROOT / "js/embed/embed.js")
    return Path(str(path)).read_bytes()


def _script() -> bytes:
    return _kept_script.__wrapped__() if settings.DEBUG else _kept_script()


def _rules(token: str) -> dict[str, Any] | None:
    """What the script needs of an open campaign on a website; None for anything else."""
    campaign = (
        Campaign.unscoped.filter(  # unscoped: the token opens its own campaign only
            link_hash=hash_of(token, OPEN_LINK), channel=Campaign.Channel.EMBED
        )
        .select_related("survey")
        .first()
    )
    if campaign is None:
        return None
    is_open = (
        campaign.state == Campaign.State.RUNNING and campaign.survey.state == Survey.State.OPEN
    )
    told = {name: campaign.embed[name] for name in _TOLD if name in campaign.embed}
    return {"open": is_open, "title": campaign.survey.title, **told}
