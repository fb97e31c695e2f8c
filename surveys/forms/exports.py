"""What to export and how."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cxportal.core.forms.base import ScopedForm
from surveys.services.exports import formats_here

FORMAT_WORDS = {
    "csv": "CSV",
    "xlsx": "XLSX (Excel)",
    "jsonl": "JSON Lines",
    "parquet": "Parquet",
    "sav": "SPSS (.sav)",
}


class ExportForm(ScopedForm):
    """Format and what goes along."""

    format = forms.ChoiceField(label=_("Format"), choices=[])
    bom = forms.BooleanField(label=_("Mark the CSV for Excel (BOM)"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["format"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = [(name, FORMAT_WORDS[name]) for name in formats_here()]


class ResponsesExportForm(ExportForm):
    """Answers of one survey."""

    partial = forms.BooleanField(
        label=_("Answers that were begun and not finished as well"), required=False
    )
