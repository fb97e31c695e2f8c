"""The field for a text of a survey: languages side by side, what is untranslated marked."""

from typing import Any

from django.utils.translation import gettext as _

from cxportal.core.forms.base import I18nTextFormField


def survey_texts(
    languages: list[str], main: str, *, rows: int = 1, max_length: int = 4000, **kwargs: Any
) -> I18nTextFormField:
    """One input per language, the main one first; the style sheet marks empty translations."""
    ordered = [main, *(code for code in languages if code != main)]
    field = I18nTextFormField(
        languages=ordered, rows=rows, max_length=max_length, required=False, **kwargs
    )
    for code, part in zip(ordered, field.widget.widgets, strict=True):
        part.attrs |= text_attrs(code == main)
    return field


def text_attrs(is_main: bool) -> dict[str, Any]:
    """Attributes of one language's input; a placeholder lets the style sheet see emptiness."""
    if is_main:
        return {"class": "form-control", "placeholder": " ", "data-main": True}
    return {"class": "form-control", "placeholder": _("Not translated yet")}


def merged(stored: dict[str, str], edited: dict[str, str], shown: list[str]) -> dict[str, str]:
    """Edited texts over the stored ones; languages that were not shown stay as they are."""
    hidden = {code: text for code, text in stored.items() if code not in shown}
    return {**hidden, **edited}
