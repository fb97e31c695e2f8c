"""Forms of surveys: making one, and the words and settings of the whole."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.forms.base import LANGUAGE_NAMES, I18nTextFormField, ScopedForm
from cxportal.core.models import text_in
from surveys.forms.texts import merged, survey_texts
from surveys.models import Survey
from surveys.templates_library import TEMPLATES

DEFAULT_BRAND = "#0b6e69"


def language_choices(codes: list[str]) -> list[tuple[str, Any]]:
    return [(code, LANGUAGE_NAMES.get(code, code)) for code in codes]


class SurveyCreateForm(ScopedForm):
    """A title, a template to begin with, and the languages."""

    template = forms.ChoiceField(label=_("Begin with"), widget=forms.RadioSelect, initial="nps")
    languages = forms.MultipleChoiceField(
        label=_("Languages"), widget=forms.CheckboxSelectMultiple, required=False
    )
    default_language = forms.ChoiceField(
        label=_("Main language"), help_text=_("Shown where a translation is missing.")
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        program = actor.program
        codes = list(program.languages)
        self.fields["title"] = I18nTextFormField(
            label=_("Title"),
            languages=codes,
            max_length=200,
            help_text=_("Respondents read it at the top."),
        )
        _choices(self, "template", [(k, text_in(spec["name"])) for k, spec in TEMPLATES.items()])
        _choices(self, "languages", language_choices(codes))
        _choices(self, "default_language", language_choices(codes))
        self.fields["languages"].initial = codes
        self.fields["default_language"].initial = program.default_language
        self.order_fields(["title", "template", "languages", "default_language"])


def _choices(form: forms.BaseForm, name: str, choices: list[tuple[str, Any]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


class SurveyWordsForm(ScopedForm):
    """Title, welcome and thanks in all languages; languages, anonymity and colour."""

    anonymous = forms.BooleanField(
        label=_("Anonymous"),
        required=False,
        help_text=_("Answers hold no name and no way back to the invitation."),
    )
    default_language = forms.ChoiceField(label=_("Main language"))
    brand = forms.CharField(
        label=_("Colour"),
        required=False,
        max_length=7,
        widget=forms.TextInput(attrs={"type": "color", "class": "form-control colour"}),
    )

    def __init__(self, *args: Any, actor: Actor, survey: Survey, **kwargs: Any) -> None:
        self.survey = survey
        kwargs.setdefault("initial", _words_initial(survey))
        super().__init__(*args, actor=actor, **kwargs)
        shown, main = list(survey.languages), survey.default_language
        self.fields |= {
            "title": survey_texts(shown, main, max_length=200, label=_("Title")),
            "welcome": survey_texts(
                shown,
                main,
                rows=3,
                label=_("Welcome"),
                help_text=_("Above the first question: who asks, why, how long it takes."),
            ),
            "thanks": survey_texts(
                shown, main, rows=3, label=_("Thanks"), help_text=_("After the last answer.")
            ),
        }
        offered = list(dict.fromkeys([*actor.program.languages, *shown]))
        self.fields["languages"] = forms.MultipleChoiceField(
            label=_("Languages"),
            choices=language_choices(offered),
            widget=forms.CheckboxSelectMultiple,
        )
        _choices(self, "default_language", language_choices(offered))
        self.fields["default_language"].widget.attrs["class"] = "form-select"

    @property
    def values(self) -> dict[str, Any]:
        """What `survey_update` takes."""
        clean, survey = self.cleaned_data, self.survey
        shown = list(survey.languages)
        texts = {
            name: merged(getattr(survey, name), clean[name], shown)
            for name in ("title", "welcome", "thanks")
        }
        brand = clean["brand"].lower()
        plain = not brand or (brand == DEFAULT_BRAND and not survey.theme.get("brand"))
        other = {name: value for name, value in survey.theme.items() if name != "brand"}
        return {
            **texts,
            "languages": clean["languages"],
            "default_language": clean["default_language"],
            "anonymous": clean["anonymous"],
            "theme": {**other, **({} if plain else {"brand": brand})},
        }


def _words_initial(survey: Survey) -> dict[str, Any]:
    return {
        "title": survey.title,
        "welcome": survey.welcome,
        "thanks": survey.thanks,
        "languages": survey.languages,
        "default_language": survey.default_language,
        "anonymous": survey.anonymous,
        "brand": survey.theme.get("brand", DEFAULT_BRAND),
    }
