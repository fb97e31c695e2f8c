"""Forms of the designer: one question with its choices, and the title of a page."""

from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.forms.base import ScopedForm
from surveys.calc.answers import CHOICE_KINDS, SCALES, SILENT, UNSEEN
from surveys.calc.kinds import ROW_KINDS
from surveys.forms.question_parts import PartsEditor
from surveys.forms.question_settings import SettingsFields
from surveys.forms.texts import merged, survey_texts
from surveys.models import Question, Section, Survey
from surveys.services.choices import choice_spec
from surveys.services.drafts import TEXT_MOST

_K = Question.Kind
#: Kinds with words at both ends.
_ENDED = frozenset({*SCALES, "slider", "best_worst"})


class QuestionForm(ScopedForm):
    """Words, type and rules of a question; only what its type has.

    Choices, rows and columns are not form fields: see PartsEditor.
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
        self.workings = SettingsFields(survey, question, self.languages)
        kwargs.setdefault("initial", {**_initial(question), **self.workings.initial()})
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
        if self.question.kind in _ENDED:
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
        if self.question.kind in SILENT | UNSEEN:
            del self.fields["required"]
        self.fields |= self.workings.fields()

    @property
    def words(self) -> list[forms.BoundField]:
        """The fields that hold texts."""
        return [self[name] for name in ("text", "help", "low", "high") if name in self.fields]

    @property
    def rules(self) -> list[forms.BoundField]:
        """The fields of the settings besides type, required and code."""
        return [self[name] for name in (*self.workings.fields(), "note")]

    @property
    def has_choices(self) -> bool:
        return self.question.kind in CHOICE_KINDS

    @property
    def has_pictures(self) -> bool:
        """Choices of this kind may be pictures."""
        return self.question.kind in (_K.IMAGE_CHOICE, _K.SINGLE, _K.MULTIPLE)

    @property
    def has_rows(self) -> bool:
        return self.question.kind in ROW_KINDS

    @property
    def has_columns(self) -> bool:
        return self.question.kind == _K.SIDE_BY_SIDE

    @cached_property
    def choices(self) -> PartsEditor:
        """The choices with what each sets besides its words."""
        stored = [choice_spec(choice) for choice in self.question.choices.all()]
        return self._editor("choice", stored, "c", self.next_choice)

    @cached_property
    def row_parts(self) -> PartsEditor:
        """The rows of a matrix."""
        return self._editor("row", self.question.rows, "r")

    @cached_property
    def columns(self) -> PartsEditor:
        """The columns of a side-by-side question."""
        return self._editor("column", self.question.settings.get("columns") or [], "k")

    def _editor(
        self, name: str, stored: list[dict[str, Any]], stem: str, first: int = 1
    ) -> PartsEditor:
        data = self.data if self.is_bound else None
        return PartsEditor(name, stored, self.languages, data, stem=stem, first=first)

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
            values["choices"] = self.choices.posted()
        if self.has_rows:
            values["rows"] = self.row_parts.posted()
        return values

    def _settings(self) -> dict[str, Any]:
        clean = self.cleaned_data
        settings = self.workings.values(clean)
        stored = self.question.settings.get("labels") or {}
        labels = {
            end: merged(stored.get(end, {}), clean[end], self.languages)
            for end in ("low", "high")
            if end in clean
        }
        if labels:
            settings["labels"] = {end: texts for end, texts in labels.items() if texts}
        if self.question.kind == _K.SIDE_BY_SIDE and "column_code" in self.data:
            settings["columns"] = self.columns.posted()
        return settings


def _initial(question: Question) -> dict[str, Any]:
    labels = question.settings.get("labels") or {}
    return {
        "kind": question.kind,
        "code": question.code,
        "required": question.required,
        "note": question.note,
        "text": question.text,
        "help": question.help,
        "low": labels.get("low"),
        "high": labels.get("high"),
    }


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
