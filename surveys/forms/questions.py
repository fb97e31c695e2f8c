"""Forms of the designer: one question with its choices, and the title of a page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.forms.base import LANGUAGE_NAMES, ScopedForm
from surveys.calc.answers import CHOICE_KINDS, SCALES, SILENT, TEXT_LENGTHS, UNSEEN
from surveys.forms.texts import merged, survey_texts
from surveys.models import Question, Section, Survey
from surveys.services.drafts import MAX_CHOICES, TEXT_LIMITS, TEXT_MOST

RATINGS = ((1, 3), (1, 4), (1, 5), (1, 6), (1, 7), (1, 10), (0, 5), (0, 10))
BLANK_ROWS = 2
_K = Question.Kind


@dataclass(frozen=True)
class ChoiceInput:
    """One language of one row of the choices."""

    name: str
    id: str
    language: str
    language_name: Any
    value: str
    is_main: bool


@dataclass(frozen=True)
class ChoiceRow:
    """A row of the choices editor; `stored` is False for an empty row to be filled."""

    code: str
    inputs: list[ChoiceInput]
    stored: bool


class QuestionForm(ScopedForm):
    """Words, type and rules of a question; only what its type has.

    Choices are not form fields: their rows repeat the names `choice_code` and `choice_<language>`
    in the order they stand on the page.
    """

    kind = forms.ChoiceField(
        label=_("Type"),
        choices=Question.Kind.choices,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    required = forms.BooleanField(label=_("An answer is required"), required=False)
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=_("Names the answers in exports, metrics and the API. Keep it once answered."),
        widget=forms.TextInput(
            attrs={"class": "form-control", "autocapitalize": "off", "spellcheck": "false"}
        ),
    )

    note = forms.CharField(
        label=_("Note for colleagues"),
        required=False,
        max_length=TEXT_MOST,
        help_text=_("Respondents never see it."),
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
    )

    def __init__(
        self,
        data: Any = None,
        *args: Any,
        actor: Actor,
        survey: Survey,
        question: Question,
        next_choice: int = 1,
        **kwargs: Any,
    ) -> None:
        self.survey, self.question, self.next_choice = survey, question, next_choice
        self.languages = [
            survey.default_language,
            *(code for code in survey.languages if code != survey.default_language),
        ]
        kwargs.setdefault("initial", _initial(question))
        super().__init__(data, *args, actor=actor, **kwargs)
        self._add_words()
        self._add_rules()

    def _add_words(self) -> None:
        shown, main = self.languages, self.survey.default_language
        statement = self.question.kind == _K.STATEMENT
        self.fields["text"] = survey_texts(
            shown,
            main,
            rows=4 if statement else 2,
            label=_("Words") if statement else _("Question"),
        )
        self.fields["help"] = survey_texts(shown, main, max_length=1000, label=_("Help text"))
        if self.question.kind in SCALES:
            self.fields["low"] = survey_texts(
                shown, main, max_length=100, label=_("Words at the low end")
            )
            self.fields["high"] = survey_texts(
                shown,
                main,
                max_length=100,
                label=_("Words at the high end"),
                help_text=_("Empty: the usual words."),
            )

    def _add_rules(self) -> None:
        kind = self.question.kind
        if kind in SILENT | UNSEEN:
            del self.fields["required"]
        if kind == _K.RATING:
            self.fields["scale"] = forms.ChoiceField(
                label=_("Scale"),
                choices=_scales(self.question),
                widget=forms.Select(attrs={"class": "form-select"}),
            )
        if kind in TEXT_LENGTHS:
            limit = TEXT_LIMITS[_K(kind)]
            usual = _("Empty: %(usual)s.") % {"usual": TEXT_LENGTHS[kind]}
            label = _("Most characters")
            self.fields["max_length"] = _number(label, 1, limit, help_text=usual)
        if kind == _K.MULTIPLE:
            self.fields["least"] = _number(_("Fewest choices"), 0, MAX_CHOICES)
            self.fields["most"] = _number(_("Most choices"), 1, MAX_CHOICES)

    @property
    def words(self) -> list[forms.BoundField]:
        """The fields that hold texts."""
        return [self[name] for name in ("text", "help", "low", "high") if name in self.fields]

    @property
    def rules(self) -> list[forms.BoundField]:
        """The fields of the settings besides type, required and code."""
        names = ("scale", "max_length", "least", "most", "note")
        return [self[name] for name in names if name in self.fields]

    @property
    def has_choices(self) -> bool:
        return self.question.kind in CHOICE_KINDS

    @property
    def choice_rows(self) -> list[ChoiceRow]:
        """The stored (or just posted) choices and empty rows to add more."""
        specs = self._specs()
        rows = [self._row(place, spec, stored=True) for place, spec in enumerate(specs)]
        blanks = max(1, BLANK_ROWS - len(rows))
        for extra in range(blanks):
            spec = {"code": f"c{self.next_choice + extra}", "text": {}}
            rows.append(self._row(len(specs) + extra, spec, stored=False))
        return rows

    def _specs(self) -> list[dict[str, Any]]:
        if self.is_bound:
            return self._posted()
        choices = self.question.choices.all()
        return [{"code": choice.code, "text": choice.text} for choice in choices]

    def _posted(self) -> list[dict[str, Any]]:
        assert isinstance(self.data, QueryDict)
        stored = {choice.code: choice.text for choice in self.question.choices.all()}
        return posted_choices(self.data, self.languages, stored)

    def _row(self, place: int, spec: Mapping[str, Any], *, stored: bool) -> ChoiceRow:
        inputs = [
            ChoiceInput(
                name=f"choice_{code}",
                id=f"choice-{place}-{code}",
                language=code,
                language_name=LANGUAGE_NAMES.get(code, code),
                value=spec["text"].get(code, ""),
                is_main=code == self.survey.default_language,
            )
            for code in self.languages
        ]
        return ChoiceRow(spec["code"], inputs, stored)

    @property
    def values(self) -> dict[str, Any]:
        """What `question_update` takes."""
        clean, question = self.cleaned_data, self.question
        values = {
            "kind": clean["kind"],
            "code": clean["code"],
            "required": clean.get("required", False),
            "note": clean["note"],
            "text": merged(question.text, clean["text"], self.languages),
            "help": merged(question.help, clean["help"], self.languages),
        }
        # Another type has other settings: the service keeps what fits.
        if clean["kind"] == question.kind:
            values["settings"] = self._settings()
        if self.has_choices:
            values["choices"] = self._posted()
        return values

    def _settings(self) -> dict[str, Any]:
        clean = self.cleaned_data
        settings: dict[str, Any] = {}
        if "scale" in clean:
            low, _dash, high = clean["scale"].partition("-")
            settings |= {"min": int(low), "max": int(high)}
        for name, field in (("max_length", "max_length"), ("min", "least"), ("max", "most")):
            if clean.get(field) is not None:
                settings[name] = clean[field]
        stored = self.question.settings.get("labels") or {}
        labels = {
            end: merged(stored.get(end, {}), clean[end], self.languages)
            for end in ("low", "high")
            if end in clean
        }
        filled = {end: texts for end, texts in labels.items() if texts}
        return {**settings, "labels": filled} if filled else settings


def _number(label: Any, least: int, most: int, **kwargs: Any) -> forms.IntegerField:
    field = forms.IntegerField(
        label=label, min_value=least, max_value=most, required=False, **kwargs
    )
    field.widget.attrs |= {"class": "form-control", "inputmode": "numeric"}
    return field


def _scales(question: Question) -> list[tuple[str, str]]:
    own = (question.settings.get("min", 1), question.settings.get("max", 5))
    pairs = RATINGS if own in RATINGS else (*RATINGS, own)
    return [(f"{low}-{high}", f"{low}–{high}") for low, high in pairs]


def _initial(question: Question) -> dict[str, Any]:
    settings = question.settings
    labels = settings.get("labels") or {}
    return {
        "kind": question.kind,
        "code": question.code,
        "required": question.required,
        "note": question.note,
        "text": question.text,
        "help": question.help,
        "low": labels.get("low"),
        "high": labels.get("high"),
        "scale": f"{settings.get('min', 1)}-{settings.get('max', 5)}",
        "max_length": settings.get("max_length"),
        "least": settings.get("min"),
        "most": settings.get("max"),
    }


def posted_choices(
    data: QueryDict, languages: list[str], stored: Mapping[str, dict[str, str]]
) -> list[dict[str, Any]]:
    """The rows of the choices in the order of the page; empty new rows are left out."""
    codes = data.getlist("choice_code")[: MAX_CHOICES + 1]
    columns = {code: data.getlist(f"choice_{code}") for code in languages}
    specs = []
    for place, code in enumerate(codes):
        typed = {
            language: column[place].strip()
            for language, column in columns.items()
            if place < len(column) and column[place].strip()
        }
        if typed or code in stored:
            text = merged(stored.get(code, {}), typed, languages)
            specs.append({"code": code, "text": text})
    return specs


def rearranged(specs: list[dict[str, Any]], command: str) -> list[dict[str, Any]]:
    """The choices after a button of their list: "up:<code>", "down:<code>", "remove:<code>"."""
    verb, _colon, code = command.partition(":")
    codes = [spec["code"] for spec in specs]
    if code not in codes:
        return specs
    at = codes.index(code)
    rest = specs[:at] + specs[at + 1 :]
    if verb == "remove":
        return rest
    place = max(0, min(len(rest), at + (-1 if verb == "up" else 1)))
    return [*rest[:place], specs[at], *rest[place:]]


class SectionForm(ScopedForm):
    """The title of a page."""

    def __init__(self, *args: Any, actor: Actor, survey: Survey, section: Section, **kw: Any):
        self.section = section
        kw.setdefault("initial", {"title": section.title})
        super().__init__(*args, actor=actor, **kw)
        self.languages = list(survey.languages)
        self.fields["title"] = survey_texts(
            self.languages,
            survey.default_language,
            max_length=200,
            label=_("Title of the page"),
            help_text=_("Shown above its questions. May stay empty."),
        )

    @property
    def values(self) -> dict[str, Any]:
        """What `section_update` takes."""
        edited = self.cleaned_data["title"]
        return {"title": merged(self.section.title, edited, self.languages)}
