"""LimeSurvey's types of question: what ours they are, and the choices they bring themselves."""

from surveys.exchange.draft import Texts

#: type → our kind; those made of several questions are told by `MANY`.
KINDS = {
    "5": "rating", "L": "single", "!": "dropdown", "O": "single", "M": "multiple",
    "P": "multiple", "G": "single", "Y": "single", "I": "single", "A": "matrix_single",
    "B": "matrix_single", "C": "matrix_single", "E": "matrix_single", "F": "matrix_single",
    "H": "matrix_single", "1": "side_by_side", ":": "matrix_numbers", ";": "matrix_texts",
    "N": "number", "K": "many_numbers", "D": "date", "S": "short_text", "T": "long_text",
    "U": "long_text", "Q": "many_texts", "R": "ranking", "X": "statement", "*": "equation",
    "|": "file",
}  # fmt: skip
#: Types whose subquestions are the choices, and those whose subquestions are rows.
CHOICES_BELOW = frozenset("MP")
ROWS_BELOW = frozenset("ABCEFH1:;")
#: Types with a comment field beside the choice.
COMMENTED = frozenset("OP")
#: What answers to a type look like in words that the report shows.
_YES: Texts = {"en": "Yes", "ko": "예"}
_NO: Texts = {"en": "No", "ko": "아니요"}
_UNCERTAIN: Texts = {"en": "Uncertain", "ko": "잘 모르겠어요"}


def _numbers(count: int) -> list[tuple[str, Texts]]:
    return [(str(n), {"en": str(n), "ko": str(n)}) for n in range(1, count + 1)]


IMPLICIT: dict[str, list[tuple[str, Texts]]] = {
    "G": [("F", {"en": "Female", "ko": "여성"}), ("M", {"en": "Male", "ko": "남성"})],
    "Y": [("Y", _YES), ("N", _NO)],
    "A": _numbers(5),
    "B": _numbers(10),
    "C": [("Y", _YES), ("U", _UNCERTAIN), ("N", _NO)],
    "E": [
        ("I", {"en": "Increase", "ko": "증가"}),
        ("S", {"en": "Same", "ko": "그대로"}),
        ("D", {"en": "Decrease", "ko": "감소"}),
    ],
}
OTHER_CODE = "-oth-"
#: Cells of `surveys` that say nothing of their own.
NEUTRAL = frozenset({"", "N", "0", "inherit", "I", "-1", "E", "X", "a:0:{}", "{}", "[]", "null"})
#: Cells that only name rows in the database the file came from.
KEYS = frozenset(
    {"sid", "gsid", "surveyls_survey_id", "owner_id", "surveyls_language", "datecreated"}
)
#: Questions' attributes that change nothing when they stand at these values.
ATTRIBUTE_NEUTRAL = frozenset({"", "0", "N", "no", "none", "default", "1 1 1 1"})
#: Attributes about looks only; ours has one look.
LOOKS = frozenset({
    "hide_tip", "page_break", "public_statistics", "scale_export", "statistics_showgraph",
    "statistics_graphtype", "cssclass", "printable_help", "display_columns", "answer_width",
    "answer_width_bycolumn", "text_input_width", "text_input_columns", "input_boxes",
    "display_rows", "save_as_default", "clear_default", "placeholder", "keyboard_display",
    "subquestion_width", "repeat_headings", "dropdown_dates_minute_step", "fix_height",
    "fix_width", "horizontal_scroll", "keep_aspect", "crop_or_resize", "thumbnail_width",
    "label_input_columns", "input_size", "add_platform_info", "image_align", "fix_row_height",
    "statistics_showmap", "location_mapheight", "location_mapwidth", "location_mapzoom",
    "location_mapservice", "location_city", "location_country", "location_postal",
    "location_state", "location_nodefaultfromip", "location_defaultcoordinates", "button_size",
    "max_buttons_row", "slider_handle", "slider_custom_handle", "slider_orientation",
    "slider_reset", "dropdown_prepostfix", "dropdown_separators", "dropdown_prefix",
    "dropdown_size", "category_separator", "use_dropdown", "num_value_int_only", "numbers_only",
    "value_range_allows_missing", "show_grand_total", "show_totals", "suffix", "prefix",
    "reverse", "show_title", "show_comment", "samechoiceheight", "samelistheight", "showpopups",
    "choice_title", "rank_title", "parent_order", "time_limit_action", "dualscale_headerA",
    "dualscale_headerB", "dropdown_dates_month_style", "date_format", "dropdown_dates",
    "time_limit_message_style", "time_limit_warning_style", "time_limit_timer_style",
    "answer_order", "keep_codes_order", "other_position", "alphasort", "statistics_showtype",
    "em_validation_q_tip", "em_validation_sq_tip", "time_limit_message",
    "time_limit_warning_message", "time_limit_countdown_message", "printable_survey_style",
})  # fmt: skip
