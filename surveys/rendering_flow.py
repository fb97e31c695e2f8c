"""What a person's own way adds to the pages: filled tags and the page of thanks meant for them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from surveys.answer_words import answer_in_words
from surveys.calc.logic import Facts, value_of
from surveys.calc.logic_flow import DISQUALIFY, Page, Walk
from surveys.rendering import CompiledVersion, frame_context, interface_language
from surveys.rendering_questions import Shown
from surveys.services.ways import is_screened


def pipes_for(
    version: CompiledVersion, way: Walk, facts: Facts, language: str, page: Page | None = None
) -> dict[str, str | None]:
    """What each tag of the survey's texts stands for now; None gives way to its fallback."""
    item = page.item if page else ""
    known = facts.knowing(answers=way.answers, score=way.score, item=item)
    shown = Shown(language, version.default_language)
    words = {tag: _word(way, known, tag, shown) for tag in version.tags}
    if page and page.item:
        words["item"] = shown.text(page.item_text) or page.item
    return words


def _word(way: Walk, facts: Facts, tag: str, shown: Shown) -> str | None:
    head, _dot, name = tag.partition(".")
    if head in ("answer", "hidden"):
        code = next((c for c in (f"{name}@{facts.item}", name) if c in way.questions), "")
        if code:
            return _said(way, code, shown)
    value = value_of(tag, facts)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return None if value in (None, "", []) else str(value)


def _said(way: Walk, code: str, shown: Shown) -> str | None:
    start = f"{code}."
    beside = {k.removeprefix(start): str(v) for k, v in way.answers.items() if k.startswith(start)}
    question, answer = way.questions[code], way.answers.get(code)
    return answer_in_words(question, answer, shown.text, beside) or None


def ending_page(
    version: CompiledVersion,
    language: str,
    brand: str,
    *,
    way: Walk,
    ending: Mapping[str, Any] | None,
    pipes: Mapping[str, str | None],
    submission: str = "",
    reachable: bool = False,
    kiosk: int = 0,
    notes: Sequence[str] = (),
    results_url: str = "",
) -> str:
    """The last page of a way: thanks by score, or why nothing more is asked."""
    shown = Shown(language, version.default_language, pipes=pipes)
    with translation.override(interface_language(language)):
        if is_screened(way):
            heading, lines = _screened_words(way, shown)
        else:
            own = (ending or {}).get("text") or version.document.get("thanks")
            heading, lines = _("Thank you"), [shown.text(own) or _("Your answers have arrived.")]
        context = {
            **frame_context(version, language, brand),
            "heading": heading,
            "lines": [*lines, *notes],
            "mark": not is_screened(way),
            "link_url": (ending or {}).get("url", ""),
            "link_text": shown.text((ending or {}).get("link")) or _("Go on"),
            "contact": bool((ending or {}).get("contact")) and reachable,
            "submission": submission,
            "kiosk_seconds": kiosk,
            "results_url": "" if is_screened(way) else results_url,
            "version": version.pk,
        }
        return render_to_string("surveys/public/message.html", context)


def _screened_words(way: Walk, shown: Shown) -> tuple[str, list[str]]:
    own = shown.text((way.quota or {}).get("text"))
    if way.ending == DISQUALIFY:
        usual = _("This time we are asking people in another situation. Thank you for your time.")
    else:
        usual = _("We already have enough answers from people like you. Thank you for your time.")
    return _("Thank you for wanting to take part"), [own or usual]
