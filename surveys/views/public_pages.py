"""Surveys that ask everybody the same: pages kept ready, an answer in one statement."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from surveys.calc.answers import Value, validate_all, validate_with_texts
from surveys.models import Campaign
from surveys.rendering import CompiledVersion, page_address
from surveys.services.responses import response_complete, response_save
from surveys.views.visits import Visit, said_in, see


def pages_shown(visit: Visit) -> HttpResponse:
    """The page asked for, else the first one that is not begun."""
    stored = dict(visit.target.response_answers)
    index = visit.page
    if index is None and visit.target.campaign_channel != Campaign.Channel.KIOSK:
        index = _first_open(visit.form, stored)
    # A kiosk shows all on one page, so that one message holds a whole answer.
    return visit.show(section_index=index, answers={**stored, **prefilled(visit)})


def _first_open(version: CompiledVersion, stored: Mapping[str, Any]) -> int:
    """The first page of which nothing is answered yet; the last when all are begun."""
    for index in range(len(version.sections)):
        codes = version.codes(index)
        if codes and not any(code in stored for code in codes):
            return index
    return max(len(version.sections) - 1, 0)


def prefilled(visit: Visit) -> dict[str, Value]:
    """Answers brought along in the address, from the first question inside a mail."""
    questions = visit.form.questions
    found: dict[str, Value] = {}
    for code, parts in visit.fields.items():
        if code in questions and questions[code]["kind"] != "file":
            answer, error = validate_with_texts(questions[code], parts, partial=True)
            found |= {} if error else answer
    return found


def pages_answered(visit: Visit) -> HttpResponse:
    """Keep a page and go on, or take the whole answer in."""
    index, questions = visit.page, visit.form.questions
    if visit.given.get("switch"):
        return visit.show(section_index=index, answers=visit.typed(questions))
    if visit.wants_submission:
        return visit.show(
            422, section_index=index, answers=visit.typed(questions), notice=not_arrived(visit)
        )
    return _finish(visit) if index is None else _turn(visit, index)


def not_arrived(visit: Visit) -> str:
    """What is said to a form that came without the id of its answers."""
    return said_in(visit, lambda: _("Your answers did not arrive yet. Please send them again."))


def _finish(visit: Visit) -> HttpResponse:
    """All answers in one request."""
    questions = visit.form.questions
    answers, errors = visit.checked(questions, list(questions))
    if errors:
        typed = visit.typed(questions)
        return visit.show(422, section_index=None, answers=typed, errors=errors)
    return _complete(visit, answers)


def _turn(visit: Visit, index: int) -> HttpResponse:
    """One page: keep it, then go on, back, or finish."""
    back, last = visit.given.get("go") == "back", index == len(visit.form.sections) - 1
    questions = visit.form.questions
    answers, errors = visit.checked(questions, visit.form.codes(index), partial=back)
    if errors:
        typed = visit.typed(questions)
        return visit.show(422, section_index=index, answers=typed, errors=errors)
    if last and not back:
        return _finish_pages(visit, index, answers)
    if not _save(visit, index, answers):
        return visit.thanks()
    step = max(index - 1, 0) if back else index + 1
    return see(page_address(step + 1, visit.language, visit.shown_submission))


def _save(visit: Visit, index: int, answers: Mapping[str, Value]) -> bool:
    codes = visit.form.codes(index)
    saved = response_save(
        target=visit.target,
        version=visit.form,
        submission_id=visit.submission_id,
        language=visit.language,
        answers=answers,
        codes=[*codes, *texts_beside(visit, codes)],
    )
    return saved is not None


def texts_beside(visit: Visit, codes: list[str]) -> list[str]:
    """Names under which texts beside the choices of these questions are stored."""
    stored = visit.target.response_answers
    return [name for name in stored if "." in name and name.partition(".")[0] in codes]


def _finish_pages(visit: Visit, index: int, answers: dict[str, Value]) -> HttpResponse:
    """The last page: what was kept before is checked again as a whole."""
    here = set(visit.form.codes(index))
    stored = visit.target.response_answers
    kept = {c: v for c, v in stored.items() if c.partition(".")[0] not in here}
    whole, errors = validate_all(visit.form.questions.values(), {**kept, **answers})
    if not errors:
        return _complete(visit, whole)
    _save(visit, index, answers)
    faulty = _page_of(visit.form, set(errors))
    return visit.show(422, section_index=faulty, answers={**kept, **answers}, errors=errors)


def _page_of(version: CompiledVersion, codes: set[str]) -> int:
    return next(
        (i for i in range(len(version.sections)) if codes.intersection(version.codes(i))), 0
    )


def _complete(visit: Visit, answers: Mapping[str, Value]) -> HttpResponse:
    response_complete(
        target=visit.target,
        version=visit.form,
        submission_id=visit.submission_id,
        language=visit.language,
        answers=answers,
    )
    return visit.thanks()
