"""Questions as respondents see them; shared by the public page and the designer's preview."""

import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from cxportal.core.models.fields import text_in
from surveys.calc.answers import SILENT, UNSEEN, AnswerError, Question
from surveys.calc.logic_document import has_flow, sources_of, tags_of
from surveys.calc.logic_flow import Page
from surveys.models import SurveyVersion
from surveys.rendering_questions import FIELD, Shown, image_url, question_context
from surveys.sentences import error_sentence

__all__ = ["FIELD", "CompiledVersion", "PageState", "compiled_version", "error_sentence"]

#: Stand for what differs from person to person in a page kept ready; no text holds a NUL.
_SUBMISSION, _STOP = "\x00submission\x00", "\x00stop\x00"
_PLACES = re.compile(f"({_SUBMISSION}|{_STOP})")
_KEPT_VERSIONS, _KEPT_PAGES = 500, 2000


@dataclass(frozen=True)
class CompiledVersion:
    """A published document, read once and kept: versions never change."""

    pk: int
    survey_id: int
    document: Mapping[str, Any]
    sections: Sequence[Mapping[str, Any]]
    questions: Mapping[str, Question]
    languages: Sequence[str]
    default_language: str
    anonymous: bool
    #: True when rules, mixing or hidden data make the way through it differ from person to person.
    has_flow: bool = False

    @classmethod
    def of(cls, document: Mapping[str, Any], pk: int = 0, survey_id: int = 0) -> "CompiledVersion":
        """Read a document; sections without a question are left out."""
        sections = [s for s in document.get("sections") or () if s.get("questions")]
        default = document.get("default_language") or "en"
        return cls(
            pk=pk,
            survey_id=survey_id,
            document=document,
            sections=sections,
            questions={q["code"]: q for s in sections for q in s["questions"]},
            languages=list(document.get("languages") or [default]),
            default_language=default,
            anonymous=bool(document.get("anonymous")),
            has_flow=has_flow(document),
        )

    @cached_property
    def sources(self) -> frozenset[str]:
        """What its rules and tags look at: "customer", "segment", "answer" …"""
        return sources_of(self.document)

    @cached_property
    def tags(self) -> frozenset[str]:
        """Names of all tags in its texts that stand for something of ours."""
        return tags_of(self.document)

    def codes(self, section_index: int) -> list[str]:
        """Codes of the questions of a section that take an answer."""
        questions = self.sections[section_index]["questions"]
        return [q["code"] for q in questions if q["kind"] not in SILENT | UNSEEN]


_versions: "OrderedDict[int, CompiledVersion]" = OrderedDict()
_pages: "OrderedDict[tuple[Any, ...], tuple[str, ...]]" = OrderedDict()


def compiled_version(version_id: int) -> CompiledVersion:
    """A published version by its key, from this process's memory after the first time."""
    found = _versions.get(version_id)
    if found is None:
        version = SurveyVersion.unscoped.get(pk=version_id)  # unscoped: the token opens it
        found = CompiledVersion.of(version.document, version.pk, version.survey_id)
        _keep(_versions, version_id, found, _KEPT_VERSIONS)
    return found


def _keep(memory: "OrderedDict[Any, Any]", key: Any, value: Any, most: int) -> None:
    memory[key] = value
    while len(memory) > most:
        memory.popitem(last=False)


def forget_pages() -> None:
    """Empty this process's memory of versions and pages."""
    _versions.clear()
    _pages.clear()


@dataclass(frozen=True)
class PageState:
    """What fills a page: answers by code (clean values or what was typed), faults by code.

    `section_index` None shows all sections at once; `page` instead is one of a person's own way,
    of `steps` in all. `submission_id` "" leaves the field out, `stop_url` "" the link that ends
    such questions. `pipes` are what tags in texts stand for, `carried` further hidden fields.
    """

    language: str
    section_index: int | None = 0
    answers: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, AnswerError] = field(default_factory=dict)
    submission_id: str = ""
    stop_url: str = ""
    notice: str = ""
    brand: str = ""
    preview: bool = False
    kiosk: int = 0
    page: Page | None = None
    steps: int = 0
    pipes: Mapping[str, str | None] | None = None
    carried: Mapping[str, str] = field(default_factory=dict)


def respondent_page(version: CompiledVersion, state: PageState) -> str:
    """The whole page of a form; a blank one comes from memory."""
    if state.answers or state.errors or state.notice or not version.pk or version.has_flow:
        return _render(version, state)
    own = {_SUBMISSION: state.submission_id, _STOP: state.stop_url}
    given = tuple(place if value else "" for place, value in own.items())
    key = (version.pk, state.language, state.section_index, state.brand, state.kiosk, given)
    parts = _pages.get(key)
    if parts is None:
        blank = replace(state, submission_id=given[0], stop_url=given[1])
        parts = tuple(_PLACES.split(_render(version, blank)))
        _keep(_pages, key, parts, _KEPT_PAGES)
    return "".join([own.get(part, part) for part in parts])


def thanks_page(
    version: CompiledVersion,
    language: str,
    brand: str,
    *,
    again: bool,
    kiosk: int = 0,
    results_url: str = "",
) -> str:
    """The page of thanks; `again` says that the answers had arrived before."""
    key = ("thanks", version.pk, language, brand, again, kiosk)
    found = _pages.get(key) if not results_url else None
    if found is None:
        with translation.override(interface_language(language)):
            shown = {"kiosk_seconds": kiosk, "results_url": results_url}
            found = (_thanks(version, language, brand, again=again, **shown),)
        if not results_url:  # of an open link it names one person's answers
            _keep(_pages, key, found, _KEPT_PAGES)
    return found[0]


def _thanks(
    version: CompiledVersion, language: str, brand: str, *, again: bool, **shown: Any
) -> str:
    own = _text(version, version.document.get("thanks"), language)
    said = _("You have already answered.") if again else _("Your answers have arrived.")
    return message_page(
        _("Thank you"),
        [said, own] if again else [own or said],
        mark=True,
        **shown,
        **frame_context(version, language, brand),
    )


def message_page(heading: str, lines: Sequence[str], **context: Any) -> str:
    """A page without a form, in the active language."""
    shown = {"heading": heading, "lines": [line for line in lines if line], **context}
    return render_to_string("surveys/public/message.html", shown)


def page_html(
    document: Mapping[str, Any],
    *,
    language: str,
    section_index: int | None = None,
    answers: Mapping[str, Any] | None = None,
    errors: Mapping[str, AnswerError] | None = None,
    brand: str = "",
) -> str:
    """The page of a document that is not published, for the designer's preview.

    Nothing can be sent from it. `section_index` None shows all sections at once.
    """
    state = PageState(
        language=language,
        section_index=section_index,
        answers=answers or {},
        errors=errors or {},
        brand=brand,
        preview=True,
    )
    return page_of(CompiledVersion.of(document), state)


def page_of(version: CompiledVersion, state: PageState) -> str:
    """A page drawn now, kept nowhere."""
    return _render(version, state)


def _render(version: CompiledVersion, state: PageState) -> str:
    with translation.override(interface_language(state.language)):
        return render_to_string("surveys/public/form.html", page_context(version, state))


def interface_language(language: str) -> str:
    """The language of our own sentences beside a survey in any language."""
    known = {code for code, _name in settings.LANGUAGES}
    return language if language in known else "en"


def page_context(version: CompiledVersion, state: PageState) -> dict[str, Any]:
    """What the template needs; the translation of `state.language` is active."""
    document, language = version.document, state.language
    shown = Shown(language, version.default_language, state.answers, state.errors, state.pipes)
    sections = _own_page(state.page, shown) if state.page else _sections(version, state, shown)
    place = _place(version, state)
    return {
        **frame_context(version, language, state.brand),
        **place,
        "title": shown.text(document.get("title")),
        "welcome": shown.text(document.get("welcome")) if place["is_first"] else "",
        "sections": sections,
        "faults": [q for s in sections for q in s["questions"] if q["error"]],
        "other_faults": _other_faults(version, state),
        "has_files": any(q["kind"] == "file" for s in sections for q in s["questions"]),
        "buttons": _buttons(version, shown),
        "notice": state.notice,
        "submission": state.submission_id,
        "stop_url": state.stop_url,
        "carried": state.carried,
        "preview": state.preview,
        "kiosk_seconds": state.kiosk,
    }


def _place(version: CompiledVersion, state: PageState) -> dict[str, Any]:
    """Where in the survey the page stands: its name for the form, how far along it is."""
    options = version.document.get("settings") or {}
    if state.page is not None:
        step, steps, key = state.page.step, state.steps, state.page.key
        is_first, is_last = state.page.is_first, step == steps
    else:
        whole, index = state.section_index is None, state.section_index or 0
        step, steps, key = index + 1, len(version.sections), "" if whole else str(index + 1)
        is_first, is_last = whole or index == 0, whole or index == len(version.sections) - 1
    return {
        "page": key,
        "step": step,
        "pages": steps,
        "progress": bool(key) and steps > 1 and not options.get("hide_progress"),
        "is_first": is_first,
        "is_last": is_last,
        "may_go_back": not is_first and not options.get("hide_back"),
    }


def _own_page(page: Page, shown: Shown) -> list[dict[str, Any]]:
    shown = _freshly(page.questions, shown)
    questions = [question_context(question, shown) for question in page.questions]
    return [{"title": shown.text(page.section.get("title")), "questions": questions}]


def _sections(version: CompiledVersion, state: PageState, shown: Shown) -> list[dict[str, Any]]:
    index = state.section_index
    sections = version.sections if index is None else [version.sections[index]]
    shown = _freshly([q for section in sections for q in section["questions"]], shown)
    return [
        {
            "title": shown.text(section.get("title")),
            "questions": [question_context(q, shown) for q in section["questions"]],
        }
        for section in sections
    ]


def _freshly(questions: Iterable[Question], shown: Shown) -> Shown:
    """Answers stand there beforehand only until the page is begun: what was cleared stays so."""
    begun = shown.errors or any(
        q["code"] in shown.answers for q in questions if q["kind"] not in UNSEEN
    )
    return replace(shown, fresh=not begun)


def _buttons(version: CompiledVersion, shown: Shown) -> dict[str, str]:
    """The words of the buttons: the theme's own, else the usual ones."""
    own = (version.document.get("theme") or {}).get("buttons") or {}
    usual = {"next": _("Next"), "back": _("Back"), "send": _("Send answers")}
    return {name: shown.text(own.get(name)) or words for name, words in usual.items()}


def frame_context(version: CompiledVersion, language: str, brand: str = "") -> dict[str, Any]:
    """What every page of a survey shows around its content."""
    theme = version.document.get("theme") or {}
    return {
        "LANGUAGE_CODE": language,
        "language": language,
        "languages": [(c, LANGUAGE_NAMES.get(c, c)) for c in version.languages],
        "brand_name": brand,
        "logo_url": image_url(theme.get("logo")),
        "theme_url": theme_url(theme),
        "version": version.pk,
        "anonymous": version.anonymous,
    }


def theme_url(theme: Mapping[str, Any]) -> str:
    """Address of the style sheet of a theme's colour and font; "" where it has neither."""
    colour = str(theme.get("brand") or "").lstrip("#").lower()
    name = "-".join(
        part for part in (colour if is_colour(colour) else "", theme.get("font")) if part
    )
    return f"/s/theme/{name}.css" if name else ""


#: Each language by its own name, so that everybody finds theirs.
LANGUAGE_NAMES = {"en": "English", "ko": "한국어", "ja": "日本語", "zh": "中文"}


def is_colour(text: str) -> bool:
    """True for six lower-case hexadecimal digits."""
    return len(text) == 6 and all(c in "0123456789abcdef" for c in text)


def _text(version: CompiledVersion, value: Any, language: str) -> str:
    return text_in(value, language, version.default_language)


def _other_faults(version: CompiledVersion, state: PageState) -> list[str]:
    """Faults that no shown question can carry, for example an unknown question."""
    sentences = [
        f"{code}: {error_sentence(error)}"
        for code, error in state.errors.items()
        if code not in version.questions
    ]
    return sorted(sentences)


def page_address(page: int | str | None, language: str, submission_id: str, key: str = "") -> str:
    """Where the browser goes on: the same link with its page, language, submission and key."""
    query = {"page": page, "lang": language, "s": submission_id, "key": key}
    return "./?" + urlencode({name: value for name, value in query.items() if value})


def results_address(language: str, submission_id: str) -> str:
    """Where whoever has answered sees the scores of all: the same link, asked for them."""
    query = {"results": "1", "lang": language, "s": submission_id}
    return "./?" + urlencode({name: value for name, value in query.items() if value})
