"""Qualtrics' types and selectors: what ours they are."""

_SINGLE = frozenset({"SAVR", "SAHR", "SACOL"})
_DROPDOWN = frozenset({"DL", "SB"})
_MULTIPLE = frozenset({"MAVR", "MAHR", "MACOL", "MSB"})
#: Types we have no question for, with the reason.
NOT_ASKED = {
    "Timing": "timing", "Meta": "metadata", "Captcha": "captcha", "Draw": "signature",
    "HeatMap": "image_map", "HotSpot": "image_map", "HL": "highlight", "DD": "drill_down",
    "TreeTest": "no_counterpart", "CC": "no_counterpart", "SS": "no_counterpart",
}  # fmt: skip
#: Keys of a question that are read elsewhere or repeat others.
QUIET = frozenset({
    "QuestionText", "QuestionType", "Selector", "SubSelector", "DataExportTag", "QuestionID",
    "Choices", "ChoiceOrder", "Answers", "AnswerOrder", "AdditionalQuestions", "Groups",
    "ColumnLabels", "Language",
})  # fmt: skip
#: Keys that only serve Qualtrics itself.
INTERNAL = frozenset({
    "QuestionDescription", "NextChoiceId", "NextAnswerId", "Configuration", "NumberOfGroups",
    "NumberOfQuestions", "AnalyzeChoices", "DynamicChoicesData", "QuestionText_Unsafe",
    "VariableNaming", "SearchSource", "GradingData", "DefaultChoices_Unsafe",
})  # fmt: skip
VALIDATION_NEUTRAL = frozenset({
    ("Type", "None"), ("ForceResponse", "OFF"), ("CustomValidation", ""),
    ("DoesForceResponse", "OFF"),
})  # fmt: skip


def kind_of(type_: str, selector: str, sub: str) -> tuple[str, str]:
    """(our kind, why it is another than it was); ("", "") when there is none."""
    if type_ == "MC":
        return _choice_kind(selector)
    if type_ == "Matrix":
        return _matrix_kind(selector, sub)
    if type_ == "TE":
        return _text_kind(selector)
    return _OTHERS.get(type_, ("", ""))


_OTHERS = {
    "SBS": ("side_by_side", ""),
    "RO": ("ranking", ""),
    "CS": ("constant_sum", ""),
    "PGR": ("matrix_groups", "groups_as_columns"),
    "DB": ("statement", ""),
    "Slider": ("slider", ""),
    "FileUpload": ("file", ""),
}


def _choice_kind(selector: str) -> tuple[str, str]:
    if selector == "NPS":
        return "nps", ""
    if selector in _DROPDOWN:
        return "dropdown", ""
    if selector in _MULTIPLE:
        return "multiple", ""
    return ("single", "") if selector in _SINGLE else ("single", "selector")


def _matrix_kind(selector: str, sub: str) -> tuple[str, str]:
    if selector == "MaxDiff":
        return "best_worst", ""
    if selector in ("TE", "CS"):
        return "side_by_side_texts", "as_table"
    if selector in ("Likert", "Profile", "Bipolar") and sub == "MultipleAnswer":
        return "matrix_multiple", ""
    plain = selector == "Likert" and sub in ("SingleAnswer", "DL", "")
    return "matrix_single", "" if plain else "selector"


def _text_kind(selector: str) -> tuple[str, str]:
    if selector == "FORM":
        return "side_by_side_texts", "as_table"
    if selector in ("ML", "ESTB"):
        return "long_text", ""
    return "short_text", "" if selector == "SL" else "selector"
