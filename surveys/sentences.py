"""What is said to a respondent about an answer that cannot be taken, in the active language."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from surveys.calc.answers import AnswerError, Question, scale_of
from surveys.calc.kinds import takes_many

_BLANK = {"min": "", "max": "", "length": "", "total": "", "sum": "", "decimals": ""}


def error_sentence(
    error: AnswerError,
    question: Question | None = None,
    text: Callable[[Any], str] | None = None,
) -> str:
    """What is wrong with an answer and what to do.

    With the question, rows are called by their words (`text` picks the language).
    """
    params = {**_BLANK, "earliest": "", "latest": "", **error.params}
    if error.code == "too_few_choices":
        least = int(error.params.get("min", 1))
        plural = ngettext(
            "Please choose at least %(count)s answer.",
            "Please choose at least %(count)s answers.",
            least,
        )
        return plural % {"count": least}
    if error.code == "row_missing":
        return _("Please answer the line “%(row)s”.") % {"row": _row(error, question, text)}
    if error.code == "not_a_number" and (question is None or scale_of(question)):
        return _("Please choose one of the numbers.")
    if error.code == "out_of_range":
        return _range(error.params)
    sentences = _sentences()
    return sentences.get(error.code, sentences["unreadable"]) % params


def _row(error: AnswerError, question: Question | None, text: Callable[[Any], str] | None) -> str:
    code = error.params.get("row")
    for row in (question or {}).get("rows") or ():
        if row["code"] == code and text is not None:
            return text(row.get("text")) or str(code)
    return str(code)


def _range(params: Mapping[str, Any]) -> str:
    low, high = params.get("min", ""), params.get("max", "")
    if low == "":
        return _("Please give a number of at most %(max)s.") % {"max": high}
    if high == "":
        return _("Please give a number of at least %(min)s.") % {"min": low}
    return _("Please choose a number from %(min)s to %(max)s.") % {"min": low, "max": high}


def limits_sentence(question: Question) -> str:
    """What is asked for, before it is answered: so many choices, a number in these bounds."""
    settings = question.get("settings") or {}
    least, most = settings.get("min"), settings.get("max")
    if question["kind"] == "number":
        return _number_limits(least, most)
    if takes_many(question) or question["kind"] == "ranking":
        offered = len(question.get("choices") or ())
        return _choice_limits(least or None, most if most and most < offered else None)
    return ""


def _number_limits(least: Any, most: Any) -> str:
    if least is not None and most is not None:
        return _("A number from %(min)s to %(max)s.") % {"min": least, "max": most}
    if least is not None:
        return _("A number of at least %(min)s.") % {"min": least}
    return _("A number of at most %(max)s.") % {"max": most} if most is not None else ""


def _choice_limits(least: int | None, most: int | None) -> str:
    if least and most:
        if least == most:
            return _("Choose exactly %(count)s.") % {"count": most}
        return _("Choose %(min)s to %(max)s.") % {"min": least, "max": most}
    if least and least > 1:
        return _("Choose at least %(min)s.") % {"min": least}
    return _("Choose at most %(max)s.") % {"max": most} if most else ""


def _sentences() -> dict[str, str]:
    return {
        "required": _("Please answer this question."),
        "not_a_number": _("Please give a number."),
        "too_many_decimals": _("Please give at most %(decimals)s digits after the point."),
        "unknown_choice": _("Please choose one of the answers offered."),
        "one_only": _("Please choose one answer only."),
        "too_many_choices": _("Please choose at most %(max)s answers."),
        "alone": _("One of your answers stands alone. Please take it or the others."),
        "too_long": _("Please shorten your text to %(max)s characters. It has %(length)s now."),
        "same_rank": _("Please give each rank once."),
        "same_twice": _("Please choose two different answers."),
        "wrong_sum": _("Please share out %(total)s exactly. It is %(sum)s now."),
        "not_a_date": _("Please give a date, for example 2026-11-24."),
        "too_early": _("Please give a date not before %(earliest)s."),
        "too_late": _("Please give a date not after %(latest)s."),
        "not_a_time": _("Please give a time, for example 14:30."),
        "not_an_email": _("Please give an e-mail address like name@example.com."),
        "not_a_phone": _("Please give a phone number with its digits only."),
        "too_many_files": _("Please bring at most %(max)s files."),
        "file_too_large": _("Please bring files of at most %(max)s MB each."),
        "file_type": _("Please bring a file of another type: %(types)s."),
        "takes_no_answer": _("Nothing can be answered here."),
        "unknown_question": _("This survey has no such question."),
        "unknown_row": _("This question has no such line."),
        "unreadable": _("This answer could not be read. Please give it again."),
    }
