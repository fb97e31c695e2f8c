"""Shape of a note."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cxportal.core.forms.base import ScopedForm

TEXT_LENGTH = 10_000


class FilesInput(forms.ClearableFileInput):
    """Several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files; cleaned to a list."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(one, initial) for one in given if one]


class NoteForm(ScopedForm):
    """A remark, perhaps with files, perhaps an answer to another."""

    text = forms.CharField(
        max_length=TEXT_LENGTH,
        label=pgettext_lazy("note", "Comment"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("@name tells somebody."),
    )
    attachments = FilesField(required=False, label=_("Files"))
    parent = forms.IntegerField(required=False, widget=forms.HiddenInput)
