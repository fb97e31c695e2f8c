"""Hints on texts and pictures that some people could not read or hear; they never block."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from surveys.calc.contrast import CONTROL, DARK, LIGHT, TEXT, contrast, letters_on, readable_on
from surveys.calc.kinds import CHOICE_KINDS
from surveys.models import Question, Section, Survey
from surveys.queries.problems import Problem, question_name

#: Characters from which on a text is hard to keep in mind, read aloud above all.
LONG_QUESTION, LONG_PART = 240, 80

GOOD = pgettext_lazy("contrast", "good")
LARGE_ONLY = pgettext_lazy("contrast", "for large letters only")
TOO_WEAK = pgettext_lazy("contrast", "too weak")


@dataclass(frozen=True)
class Contrast:
    """How a colour reads somewhere: 4.8 : 1, good. `shown` is what it is mixed to, "" for as is."""

    where: str
    ratio: float
    word: str
    tone: str
    shown: str = ""


def contrasts_of(brand: str) -> list[Contrast]:
    """The theme's colour on the page, on it in the dark, and letters on the colour itself."""
    colour = brand.lstrip("#").lower()
    light, dark = readable_on(colour, LIGHT), readable_on(colour, DARK)
    return [
        _contrast(_("On the page"), colour, LIGHT, light),
        _contrast(_("In the dark"), colour, DARK, dark),
        _contrast(_("Letters on it"), light, letters_on(light), light),
    ]


def _contrast(where: str, colour: str, behind: str, shown: str) -> Contrast:
    # Cut, not rounded: 4.48 must not read as the 4.5 that is asked for.
    ratio = int(contrast(colour, behind) * 10) / 10
    if ratio >= TEXT:
        word, tone = GOOD, "good"
    elif ratio >= CONTROL:
        word, tone = LARGE_ONLY, "attention"
    else:
        word, tone = TOO_WEAK, "bad"
    return Contrast(where, ratio, str(word), tone, f"#{shown}" if shown != colour else "")


def reading_hints(survey: Survey, sections: Sequence[Section]) -> Iterator[Problem]:
    """What may keep somebody from reading or hearing a part of the draft."""
    brand = survey.theme.get("brand")
    # In the dark most colours are made lighter; that is no fault of the colour.
    for found in contrasts_of(brand)[:1] if brand else ():
        if found.shown:
            text = _("The colour reads %(ratio)s : 1 on the page; it is shown as %(shown)s there.")
            words = {"ratio": f"{found.ratio:.1f}", "shown": found.shown}
            yield Problem(text % words, blocks=False)
    for section in sections:
        for question in section.questions.all():
            yield from _question(survey, question)


def _question(survey: Survey, question: Question) -> Iterator[Problem]:
    name = question_name(question)
    for text in _sentences(survey, question):
        yield Problem(text % {"name": name}, blocks=False, question_id=question.pk)


def _sentences(survey: Survey, question: Question) -> Iterator[str]:
    if _longest(survey, question.text) > LONG_QUESTION:
        yield _("“%(name)s” is long. Shorter questions are understood better.")
    parts = [*_choices(question), *_rows(question)]
    if any(_longest(survey, text) > LONG_PART for text in parts):
        yield _("An answer of “%(name)s” is long. Say it in fewer words.")
    if _repeats(survey, _rows(question)):
        yield _("Two rows of “%(name)s” read the same.")
    yield from _pictures(survey, question)


def _pictures(survey: Survey, question: Question) -> Iterator[str]:
    if question.kind not in CHOICE_KINDS:
        return
    main = survey.default_language
    shown = [choice for choice in question.choices.all() if choice.settings.get("image")]
    alts = [choice.settings.get("alt") or {} for choice in shown]
    if not all(alt.get(main, "").strip() for alt in alts):
        yield _("A picture of “%(name)s” has no words for who cannot see it.")
    if _repeats(survey, alts):
        yield _("Two pictures of “%(name)s” are described alike.")
    same = (
        _plain(alt.get(code)) == _plain(choice.text.get(code)) != ""
        for choice, alt in zip(shown, alts, strict=True)
        for code in survey.languages
    )
    if any(same):
        yield _("A picture of “%(name)s” says the same as its choice: it is read out twice.")


def _choices(question: Question) -> list[Mapping[str, str]]:
    if question.kind not in CHOICE_KINDS:
        return []
    return [choice.text for choice in question.choices.all()]


def _rows(question: Question) -> list[Mapping[str, str]]:
    return [row["text"] for row in question.rows]


def _longest(survey: Survey, texts: Mapping[str, str]) -> int:
    return max((len(texts.get(code, "")) for code in survey.languages), default=0)


def _repeats(survey: Survey, parts: Sequence[Mapping[str, str]]) -> bool:
    """True where two say the same in one of the survey's languages."""
    for code in survey.languages:
        words = [word for part in parts if (word := _plain(part.get(code)))]
        if len(set(words)) < len(words):
            return True
    return False


def _plain(text: Any) -> str:
    return " ".join(str(text or "").split()).casefold()
