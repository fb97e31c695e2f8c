"""Shape of a framework as people bring or write it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.forms.base import I18nTextFormField, ScopedForm


class FrameworkFileForm(ScopedForm):
    """A framework file."""

    file = forms.FileField(
        label=_("Framework file"),
        help_text=_("JSON, as a framework of this portal is exported."),
        widget=forms.ClearableFileInput(attrs={"accept": ".json,application/json"}),
    )


class FrameworkForm(ScopedForm):
    """A framework written as lines; `|` stands between the languages of the program."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    levels = forms.CharField(
        label=_("Levels"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Three to ten, one a line, the lowest first."),
    )
    outline = forms.CharField(
        label=_("Sections and statements"),
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 18}),
        help_text=_(
            "“# ” begins a section; every other line is a statement. “> ” says how to judge the "
            "statement above, “×2” at its end is its weight."
        ),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        languages = list(actor.program.languages)
        texts = {
            "name": I18nTextFormField(languages=languages, label=_("Name"), max_length=200),
            "description": I18nTextFormField(
                languages=languages, required=False, label=_("What it is for"), max_length=500
            ),
        }
        self.fields = {**texts, **self.fields}
