"""The page that says why a link takes no answers now."""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from surveys.queries.links import Closed
from surveys.rendering import frame_context, message_page
from surveys.views.visits import Visit, said_in

_GONE = {Closed.EXPIRED, Closed.SURVEY, Closed.CAMPAIGN, Closed.FULL}


def _closed_words(reason: Closed, name: str) -> tuple[str, str]:
    """Heading and sentence, in the active language."""
    if reason is Closed.EXPIRED:
        text = _(
            "It was valid for a limited time. If you still want to say something, write to %s."
        )
        return _("This link has expired"), text % name
    if reason is Closed.PAUSED:
        text = _("%s has paused it. Please try the same link again later.")
        return _("This survey is paused"), text % name
    text = _("It takes no more answers. Thank you for wanting to take part.")
    return _("This survey is closed"), text


def closed_page(visit: Visit, reason: Closed) -> HttpResponse:
    def page() -> str:
        name = visit.target.program_name
        frame = (
            frame_context(visit.version, visit.language, name)
            if visit.version
            else {"LANGUAGE_CODE": visit.language, "brand_name": name}
        )
        heading, text = _closed_words(reason, name)
        return message_page(heading, [text], **frame)

    answer = HttpResponse(said_in(visit, page), status=410 if reason in _GONE else 503)
    if reason not in _GONE:
        answer.headers["Retry-After"] = "3600"
    return answer
