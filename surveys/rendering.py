"""Questions as respondents see them; shared by the public page and the designer's preview."""

import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cxportal.core.models.fields import text_in
from surveys.calc.answers import SILENT, TEXT_LENGTHS, AnswerError, Question, scale_of
from surveys.models import SurveyVersion

#: Name of an answer's form field: q_<code>.
FIELD = "q_"
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
        )

    def codes(self, section_index: int) -> list[str]:
        """Codes of the questions of a section that take an answer."""
        questions = self.sections[section_index]["questions"]
        return [q["code"] for q in questions if q["kind"] not in SILENT]


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

    `section_index` None shows all sections at once. `submission_id` "" leaves the field out,
    `stop_url` "" the link that ends such questions.
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


def respondent_page(version: CompiledVersion, state: PageState) -> str:
    """The whole page of a form; a blank one comes from memory."""
    if state.answers or state.errors or state.notice or not version.pk:
        return _render(version, state)
    own = {_SUBMISSION: state.submission_id, _STOP: state.stop_url}
    given = tuple(place if value else "" for place, value in own.items())
    key = (version.pk, state.language, state.section_index, state.brand, given)
    parts = _pages.get(key)
    if parts is None:
        blank = replace(state, submission_id=given[0], stop_url=given[1])
        parts = tuple(_PLACES.split(_render(version, blank)))
        _keep(_pages, key, parts, _KEPT_PAGES)
    return "".join([own.get(part, part) for part in parts])


def thanks_page(version: CompiledVersion, language: str, brand: str, *, again: bool) -> str:
    """The page of thanks; `again` says that the answers had arrived before."""
    key = ("thanks", version.pk, language, brand, again)
    found = _pages.get(key)
    if found is None:
        with translation.override(interface_language(language)):
            found = (_thanks(version, language, brand, again),)
        _keep(_pages, key, found, _KEPT_PAGES)
    return found[0]


def _thanks(version: CompiledVersion, language: str, brand: str, again: bool) -> str:
    own = _text(version, version.document.get("thanks"), language)
    said = _("You have already answered.") if again else _("Your answers have arrived.")
    return message_page(
        _("Thank you"),
        [said, own] if again else [own or said],
        mark=True,
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
    return _render(CompiledVersion.of(document), state)


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
    index = state.section_index
    whole = index is None
    shown = range(len(version.sections)) if index is None else [index]
    sections = [_section(version, i, state) for i in shown]
    last = len(version.sections) - 1
    return {
        **frame_context(version, language, state.brand),
        "title": _text(version, document.get("title"), language),
        "welcome": _text(version, document.get("welcome"), language) if index in {None, 0} else "",
        "sections": sections,
        "page": None if whole else (index or 0) + 1,
        "pages": len(version.sections),
        "is_last": whole or index == last,
        "is_first": whole or index == 0,
        "faults": [q for s in sections for q in s["questions"] if q["error"]],
        "other_faults": _other_faults(version, state),
        "notice": state.notice,
        "submission": state.submission_id,
        "stop_url": state.stop_url,
        "preview": state.preview,
    }


def frame_context(version: CompiledVersion, language: str, brand: str = "") -> dict[str, Any]:
    """What every page of a survey shows around its content."""
    theme = version.document.get("theme") or {}
    colour = str(theme.get("brand") or "").lstrip("#").lower()
    return {
        "LANGUAGE_CODE": language,
        "language": language,
        "languages": [(c, LANGUAGE_NAMES.get(c, c)) for c in version.languages],
        "brand_name": brand,
        "theme_url": f"/s/theme/{colour}.css" if is_colour(colour) else "",
        "version": version.pk,
        "anonymous": version.anonymous,
    }


#: Each language by its own name, so that everybody finds theirs.
LANGUAGE_NAMES = {"en": "English", "ko": "한국어", "ja": "日本語", "zh": "中文"}


def is_colour(text: str) -> bool:
    """True for six lower-case hexadecimal digits."""
    return len(text) == 6 and all(c in "0123456789abcdef" for c in text)


def _text(version: CompiledVersion, value: Any, language: str) -> str:
    return text_in(value, language, version.default_language)


def _section(version: CompiledVersion, index: int, state: PageState) -> dict[str, Any]:
    section = version.sections[index]
    return {
        "title": _text(version, section.get("title"), state.language),
        "questions": [_question(version, q, state) for q in section["questions"]],
    }


def _question(version: CompiledVersion, question: Question, state: PageState) -> dict[str, Any]:
    code, kind, options = question["code"], question["kind"], question.get("settings") or {}
    answer, error = state.answers.get(code), state.errors.get(code)
    labels = options.get("labels") or {}
    given = [str(part) for part in answer] if isinstance(answer, list) else [_shown(answer)]
    return {
        "code": code,
        "name": FIELD + code,
        "id": f"f-{code}",
        "kind": kind,
        "template": f"surveys/public/_{_SHAPES.get(kind, kind)}.html",
        "text": _text(version, question.get("text"), state.language),
        "help": _text(version, question.get("help"), state.language),
        "required": bool(question.get("required")) and kind not in SILENT,
        "error": error_sentence(error) if error else "",
        "value": _shown(answer),
        "points": _points(question, given),
        "low": _end(version, labels.get("low"), state.language, kind, 0),
        "high": _end(version, labels.get("high"), state.language, kind, 1),
        "choices": _choices(version, question, given, state.language),
        "max_length": options.get("max_length") or TEXT_LENGTHS.get(kind),
    }


_SHAPES = {"nps": "scale", "csat": "scale", "ces": "scale", "rating": "scale"}


def _shown(answer: Any) -> str:
    return "" if answer is None or isinstance(answer, list) else str(answer)


def _points(question: Question, given: Sequence[str]) -> list[tuple[int, bool]]:
    scale = scale_of(question)
    return [(v, str(v) in given) for v in range(scale[0], scale[1] + 1)] if scale else []


def _choices(
    version: CompiledVersion, question: Question, given: Sequence[str], language: str
) -> list[tuple[str, str, bool]]:
    return [
        (c["code"], _text(version, c.get("text"), language) or c["code"], c["code"] in given)
        for c in question.get("choices") or ()
    ]


def _end(version: CompiledVersion, own: Any, language: str, kind: str, end: int) -> str:
    """The words at an end of a scale: the question's own, else the field's usual ones."""
    written = _text(version, own, language)
    if written:
        return written
    usual = {
        "nps": (_("Not at all likely"), _("Extremely likely")),
        "csat": (_("Very dissatisfied"), _("Very satisfied")),
        "ces": (_("Strongly disagree"), _("Strongly agree")),
        "rating": (_("Poor"), _("Excellent")),
    }
    return usual[kind][end] if kind in usual else ""


def _other_faults(version: CompiledVersion, state: PageState) -> list[str]:
    """Faults that no shown question can carry, for example an unknown question."""
    sentences = [
        f"{code}: {error_sentence(error)}"
        for code, error in state.errors.items()
        if code not in version.questions
    ]
    return sorted(sentences)


def error_sentence(error: AnswerError) -> str:
    """What is wrong with an answer and what to do, in the active language."""
    params = dict(error.params)
    sentences = {
        "required": _("Please answer this question."),
        "not_a_number": _("Please choose one of the numbers."),
        "out_of_range": _("Please choose a number from %(min)s to %(max)s.") % _need(params),
        "unknown_choice": _("Please choose one of the answers offered."),
        "one_only": _("Please choose one answer only."),
        "too_many_choices": _("Please choose at most %(max)s answers.") % _need(params),
        "too_long": _("Please shorten your text to %(max)s characters. It has %(length)s now.")
        % _need(params),
        "takes_no_answer": _("Nothing can be answered here."),
        "unknown_question": _("This survey has no such question."),
        "unreadable": _("This answer could not be read. Please give it again."),
    }
    if error.code == "too_few_choices":
        least = int(params.get("min", 1))
        plural = ngettext(
            "Please choose at least %(count)s answer.",
            "Please choose at least %(count)s answers.",
            least,
        )
        return plural % {"count": least}
    return sentences.get(error.code, sentences["unreadable"])


def _need(params: Mapping[str, Any]) -> dict[str, Any]:
    return {"min": "", "max": "", "length": "", **params}


def page_address(page: int | None, language: str, submission_id: str) -> str:
    """Where the browser goes on: the same link with its page, language and submission."""
    query = {"page": page, "lang": language, "s": submission_id}
    return "./?" + urlencode({name: value for name, value in query.items() if value})
