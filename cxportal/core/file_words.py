"""Why a file as a whole is refused, in words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy

from cxportal.core.file_limits import Unreadable

#: By the code of Unreadable; %(places)s are filled with its figures.
FILE_REFUSALS = {
    "empty": gettext_lazy("The file is empty."),
    "encoding": gettext_lazy("Its letters are not %(encoding)s. Save it as UTF-8."),
    "not_spreadsheet": gettext_lazy("It looks like a spreadsheet but cannot be opened."),
    "not_zip": gettext_lazy("The archive is broken."),
    "nul": gettext_lazy("It is a binary file."),
    "other_format": gettext_lazy("It is a %(format)s file."),
    "sheet_too_large": gettext_lazy("The sheet claims more cells than any form has."),
    "spreadsheet_encrypted": gettext_lazy("It is protected by a password. Take it off first."),
    "too_large": gettext_lazy("It is larger than %(megabytes)s MB."),
    "too_many_columns": gettext_lazy("It has more than %(most)s columns."),
    "too_many_rows": gettext_lazy("It has more than %(most)s rows."),
    "too_many_sheets": gettext_lazy("It has more than %(most)s sheets."),
    "xml_entities": gettext_lazy("It declares entities or a document type, which is not allowed."),
    "zip_bomb": gettext_lazy("Unpacked it would be far too large."),
    "zip_encrypted": gettext_lazy("The archive is encrypted."),
    "zip_members": gettext_lazy("The archive holds more than %(most)s files."),
    "zip_path": gettext_lazy("The archive wants to write outside its folder."),
}


def file_refusal(error: Unreadable) -> str:
    """The sentence for a file that is no table; its code where no sentence is known."""
    sentence = FILE_REFUSALS.get(error.code)
    return filled(str(sentence), error.params) if sentence else error.code


def filled(sentence: str, params: Mapping[str, Any]) -> str:
    """A sentence with its figures; one that is missing becomes “…”."""

    class _Known(dict[str, Any]):
        def __missing__(self, key: str) -> str:
            return "…"

    return sentence % _Known(params)
