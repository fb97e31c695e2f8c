"""What respondents' pages load besides themselves: the theme's style sheet and its pictures."""

from django.core.signing import BadSignature, Signer
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase

from cxportal.core.models import StoredFile
from surveys.calc.contrast import DARK, LIGHT, letters_on, readable_on
from surveys.queries.pictures import PERMISSION, TYPES
from surveys.rendering import is_colour
from surveys.rendering_questions import IMAGE_SALT

_FOREVER = "public, max-age=31536000, immutable"
#: Fonts that devices bring along.
_FAMILIES = {
    "serif": 'Georgia, "Noto Serif KR", "Nanum Myeongjo", AppleMyungjo, serif',
    "rounded": 'ui-rounded, "SF Pro Rounded", "Nunito", "Jua", system-ui, sans-serif',
    "mono": 'ui-monospace, "SF Mono", Consolas, "Nanum Gothic Coding", monospace',
}


def survey_theme(name: str) -> HttpResponse:
    """The style sheet of "<colour>-<font>": readable letters on it and in it, light and dark."""
    colour, _dash, font = name.partition("-") if is_colour(name[:6]) else ("", "", name)
    known = (not colour or is_colour(colour)) and (not font or font in _FAMILIES)
    if not known or not (colour or font):
        return HttpResponse(status=404)
    css = (_colours(colour) if colour else "") + (
        f"body{{font-family:{_FAMILIES[font]}}}" if font else ""
    )
    answer = HttpResponse(css, content_type="text/css; charset=utf-8")
    answer.headers["Cache-Control"] = _FOREVER
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _colours(colour: str) -> str:
    """The brand colour, made lighter or darker where the page behind it asks for it."""
    light, dark = readable_on(colour, LIGHT), readable_on(colour, DARK)
    return (
        f":root{{--brand:#{light};--on-brand:#{letters_on(light)}}}"
        f"@media(prefers-color-scheme:dark){{:root{{--brand:#{dark};"
        f"--on-brand:#{letters_on(dark)}}}}}"
    )


def _is_picture(stored: StoredFile) -> bool:
    """Brought as a picture of a survey; what respondents brought is nobody else's to see."""
    return stored.permission == PERMISSION and stored.content_type in TYPES.values()


def survey_image(token: str) -> HttpResponseBase:
    """A picture of a survey by its signed address."""
    try:
        pk = int(Signer(salt=IMAGE_SALT).unsign(token))
    except (BadSignature, ValueError):
        return HttpResponse(status=404)
    stored = StoredFile.unscoped.filter(pk=pk).first()  # unscoped: the signature opens it
    if stored is None or not _is_picture(stored):
        return HttpResponse(status=404)
    try:
        file = stored.file.storage.open(str(stored.file.name), "rb")
    except FileNotFoundError:
        return HttpResponse(status=404)
    answer = FileResponse(file, content_type=stored.content_type)
    answer.headers["Cache-Control"] = _FOREVER
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'"
    return answer
