"""The file a survey is taken over from."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cxportal.core.file_limits import MAX_BYTES
from cxportal.core.forms.base import ScopedForm
from surveys.exchange.reading import ENDINGS


class ResponseImportForm(ScopedForm):
    """A table of answers."""

    file = forms.FileField(
        label=_("CSV or Excel file"),
        help_text=_("At most 10,000 rows. The first line names the columns."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.xls"}),
    )


class SurveyImportForm(ScopedForm):
    """A file of LimeSurvey, Qualtrics, XLSForm or our own JSON."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("LimeSurvey .lss .lsa, Qualtrics .qsf, XLSForm .xlsx .xls .csv .md, or .json."),
        widget=forms.FileInput(attrs={"accept": ",".join(f".{end}" for end in ENDINGS)}),
    )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 20 MB."))
        return upload
