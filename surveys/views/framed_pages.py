"""What a survey's page carries in addition on a website or a kiosk: a script, a frame's policy."""

from django.http import HttpResponse
from django.templatetags.static import static
from django.utils.html import format_html

from surveys.calc.embedding import frame_ancestors
from surveys.models import Campaign
from surveys.rendering import thanks_page
from surveys.views.visits import Visit

EMBED, KIOSK = Campaign.Channel.EMBED.value, Campaign.Channel.KIOSK.value
_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none';"
    " form-action 'self'; frame-ancestors "
)


def fitted(visit: Visit, response: HttpResponse) -> HttpResponse:
    """The page as its channel needs it; pages of all other channels stay without scripts."""
    channel = visit.target.campaign_channel
    if channel == EMBED:
        _add(response, format_html('<script src="{}" defer></script>', static("js/embed/frame.js")))
        response["Content-Security-Policy"] = _POLICY + frame_ancestors(_embed(visit))
    elif channel == KIOSK:
        script = format_html('<script src="{}" defer></script>', static("js/embed/kiosk.js"))
        _add(response, f"{_thanks(visit)}{script}")
    return response


def _add(response: HttpResponse, markup: str) -> None:
    """Before the end of the body; other answers (redirects, images) have none."""
    response.content = response.content.replace(b"</body>", markup.encode() + b"</body>", 1)


def _embed(visit: Visit) -> dict[str, object]:
    rules = Campaign.unscoped.filter(pk=visit.target.campaign_id or 0)  # unscoped: of the link
    return dict(rules.values_list("embed", flat=True).first() or {})


def _thanks(visit: Visit) -> str:
    """The thanks, ready to be shown without a line to the server."""
    if visit.version is None:
        return ""
    page = thanks_page(visit.form, visit.language, visit.target.program_name, again=False)
    _before, _tag, rest = page.partition("<main")
    return f'<template id="kiosk-thanks"><main{rest.partition("</main>")[0]}</main></template>'
